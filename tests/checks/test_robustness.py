"""However documents are mangled, checks answer with findings."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from shipped_documents import REGION, SERVICE, documents

from server.findings import Finding
from server.messages.findings import finding_text
from server.releases.compile import compile_release

#: Values that meet a type, a range or a name somewhere that nobody thought of.
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -5, 2**53 - 1, 2**70, 1.5, float("nan"), "", "x", "true", "in", "a b", "#", "/", "~2", "*", "data:",
    "#/properties/applicant", "1 +", "size(", "row.x", "2025-02-30", "\ud800", "0" * 5000, [], {}, [[]], [None], ["a"], {"": 1},
    {"a": {}}, {"type": "object"}, {"kind": "end"}, {"$ref": "#/properties/applicant"},
)  # fmt: skip

Step = str | int
Place = tuple[Step, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place inside a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*above, step)
        yield from places(member, (*above, step))


def at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def mangle(data: st.DataObject, document: Any) -> Any:
    """The document with one place taken away, replaced, renamed or doubled."""
    document = copy.deepcopy(document)
    known = list(places(document))
    if not known:
        return data.draw(st.sampled_from(ODD_VALUES))
    *above, last = data.draw(st.sampled_from(known))
    holder = at(document, tuple(above))
    match data.draw(st.sampled_from(("take", "replace", "rename", "double", "move"))):
        case "take":
            del holder[last]
        case "replace":
            holder[last] = copy.deepcopy(data.draw(st.sampled_from(ODD_VALUES)))
        case "rename" if isinstance(holder, dict):
            holder[data.draw(st.sampled_from((f"{last}x", "", "in", "a.b", "a[].b", str(last)[1:])))] = holder.pop(last)
        case "move":
            holder[last] = copy.deepcopy(at(document, data.draw(st.sampled_from(known))))
        case _ if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        case _:
            holder[f"{last}_again"] = copy.deepcopy(holder[last])
    return document


@given(st.data())
@settings(max_examples=40)
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
@settings(max_examples=20)
def test_documents_that_are_left_out_lead_to_findings_never_to_an_exception(left_out: list[str]) -> None:
    kept = {path: value for path, value in documents().items() if path not in left_out}
    release, findings = compile_release(kept, SERVICE, REGION)
    assert (release is None) == any(finding.severity == "error" for finding in findings)


def test_no_document_at_all_is_a_finding() -> None:
    release, findings = compile_release({}, SERVICE, REGION)
    assert release is None
    assert {finding.code for finding in findings} == {"missing-document"}
