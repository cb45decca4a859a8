"""However documents are mangled, checks answer with findings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from mangling import mangle
from shipped_documents import REGION, SERVICE, documents

from server.findings import Finding
from server.messages.findings import finding_text
from server.releases.compile import compile_release


@given(st.data())
@settings(max_examples=25)
def test_mangled_documents_lead_to_findings_never_to_an_exception(data: st.DataObject) -> None:
    mangled = dict(documents())
    paths = sorted(path for path in mangled if "/walks/" not in path)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths))
        for _ in range(data.draw(st.integers(1, 3))):
            mangled[path] = mangle(data, mangled[path])
    release, findings = compile_release(mangled, SERVICE, REGION)
    assert (release is None) == any(finding.severity == "error" for finding in findings)
    assert all(told(finding) for finding in findings)


def told(finding: Finding) -> bool:
    """Whether a finding names a document and can be said in words."""
    return bool(finding.path) and "：" in finding_text(finding)


@given(st.lists(st.sampled_from(sorted(documents())), min_size=1, max_size=150, unique=True))
@settings(max_examples=10)
def test_documents_that_are_left_out_lead_to_findings_never_to_an_exception(left_out: list[str]) -> None:
    kept = {path: value for path, value in documents().items() if path not in left_out}
    release, findings = compile_release(kept, SERVICE, REGION)
    assert (release is None) == any(finding.severity == "error" for finding in findings)


def test_no_document_at_all_is_a_finding() -> None:
    release, findings = compile_release({}, SERVICE, REGION)
    assert release is None
    assert {finding.code for finding in findings} == {"missing-document"}
