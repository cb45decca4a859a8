"""Every finding that any part of the server can make has a text that says what is wrong and what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from server.findings import Finding
from server.messages.findings import FINDINGS, finding_text, finding_words

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("documents", "definitions", "rules", "overlays", "forms", "processes", "checks", "releases", "exports", "exchange")
#: What a module that makes findings, or faults that become findings, imports or defines.
MAKERS = {"Finding", "RuleFault", "FactFault", "TableFault", "PatchFault", "Collector"}
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
#: Modules whose codes others make into findings.
OTHER_MAKERS = ("server/rules/row_types.py", "server/definitions/patterns.py")
#: Words of the same shape that are no codes of findings, with the module they stand in.
OTHER_WORDS = {
    "server/rules/tables.py": {"undefined-input", "no-row"},
    "server/checks/completion.py": {"endless-loop", "stray-join"},
    "server/checks/exploring.py": {"no-branch", "no-row"},
    "server/documents/text.py": {"utf-8", "utf-8-sig"},
    "server/exports/folder.py": {"utf-8"},
    "server/exports/sources.py": {"json-forms", "json-schema"},
    "server/exchange/importers/table.py": {"json-forms", "json-schema", "no-fields"},
    "server/exchange/importers/settling.py": {"refused-by-checks"},
    # Problems of answers.
    "server/forms/json_schema.py": {"json-too-much", "not-readable"},
    "server/checks/schemas.py": {
        *("date-time", "idn-email", "idn-hostname", "uri-reference", "iri-reference", "uri-template"),
        *("json-pointer", "relative-json-pointer"),
    },
}
#: Findings of the command line itself.
OF_THE_COMMAND_LINE = {"no-service"}


def codes() -> Iterator[tuple[str, str]]:
    """Every code with the module that can make it."""
    for package in PACKAGES:
        for file in sorted((ROOT / "server" / package).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            module = file.relative_to(ROOT).as_posix()
            if MAKERS & set(names(tree)) or module in OTHER_MAKERS or package == "checks":
                for word in words(tree):
                    if word not in OTHER_WORDS.get(module, set()) and not word.startswith("x-"):
                        yield word, module


def names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ClassDef):
            yield node.name


def words(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


def test_every_code_has_a_text() -> None:
    assert sorted({(code, module) for code, module in codes() if code not in FINDINGS}) == []


def test_every_text_belongs_to_a_code() -> None:
    assert FINDINGS.keys() - {code for code, _ in codes()} - OF_THE_COMMAND_LINE == set()


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_a_text_says_what_is_wrong_and_what_to_do_even_without_its_parameters(code: str) -> None:
    template = FINDINGS[code]
    assert template.endswith("。")
    assert template.count("。") >= 2 or "，请" in template
    text = finding_words(Finding(code=code, severity="error", path="process_defs/a/b/items.json"))
    assert "{" not in text
    given = {name: "VALUE" for _, name, _, _ in Formatter().parse(template) if name and name != "hint"}
    filled = finding_words(Finding(code=code, severity="error", path="x", params=dict(given)))
    assert filled.count("VALUE") >= len(given)
    assert "？" not in filled


def test_a_finding_about_no_document_begins_with_what_is_wrong() -> None:
    assert not finding_text(Finding(code="archive-damaged", severity="error", path="")).startswith("：")


def test_a_code_nobody_knows_still_reads_as_a_sentence() -> None:
    finding = Finding(code="odd-thing", severity="error", path="process_defs/a/b/items.json", pointer="/items")
    assert finding_text(finding) == "事项清单 /items：发现问题（odd-thing）。请检查这里的内容。"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("form_schemas/a/b/form/logic.json", "申请表的规则"),
        ("form_schemas/a/b/tasks/visit/ui.json", "办理表单“visit”的页面布局"),
        ("form_schemas/a/b/tasks/visit/data.schema.json", "办理表单“visit”的数据结构"),
        ("form_schemas/library/codelists/gender.json", "代码表“gender”"),
        ("process_defs/a/b/refuse.process.json", "流程“refuse”"),
        ("process_defs/a/b/tables/kind.table.json", "决策表“kind”"),
        ("process_defs/a/b/odd.txt", "process_defs/a/b/odd.txt"),
    ],
)
def test_a_place_is_named_as_administrators_know_it(path: str, place: str) -> None:
    assert finding_text(Finding(code="no-items", severity="error", path=path)).partition("：")[0] == place


def test_braces_in_a_document_do_not_reach_the_template() -> None:
    finding = Finding(code="unknown-field", severity="error", path="x", params={"field": "{0.__class__}", "suggestion": "{hint}"})
    assert "{0.__class__}" in finding_text(finding)
