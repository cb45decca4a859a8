"""Single mistakes in the shipped documents: each is found, at its place, as an error with a text."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from shipped_documents import GONE, ROOT, Changes, findings, full_path

from server.checks.run import CHECKS
from server.exports.folder import read_trees
from server.findings import Finding
from server.messages.findings import FINDINGS, finding_text

MISTAKES = Path(__file__).with_name("mistakes.txt")
LOGIC, RULE = "form/logic.json", "/fields/applicant.employer/relevant"
FACT, DUE = "/facts/household.people", "/materials/residence_permit/due"
OUTDATED = {"example-refused", "example-accepted", "example-material-due", "example-material-not-due"}
TYPE, INPUT = "tables/temporary_assistance_type.table.json", "/inputs/sudden/expression"


class Mistake(msgspec.Struct, frozen=True):
    """What was done, and the code, document and pointer of the error it leads to."""

    title: str
    changes: Changes
    code: str
    place: tuple[str, str]


def mistakes() -> Iterator[Mistake]:
    title, changes = "", {}
    for line in MISTAKES.read_text(encoding="utf-8").splitlines():
        if line.startswith("-- "):
            title, changes = line.removeprefix("-- "), {}
        elif line.startswith("=> "):
            code, _, place = line.removeprefix("=> ").partition(" ")
            yield Mistake(title, changes, code, place_of(place) if place else next(iter(changes)))
        elif line.endswith(" gone"):
            changes[place_of(line.removesuffix(" gone"))] = GONE
        elif " = " in line and not line.startswith("#"):
            place, _, value = line.partition(" = ")
            changes[place_of(place)] = json.loads(value)


def place_of(text: str) -> tuple[str, str]:
    document, _, pointer = text.partition("#")
    return document, pointer


def places(found: tuple[Finding, ...]) -> set[tuple[str, str, str, str]]:
    return {(finding.code, finding.path, finding.pointer, finding.severity) for finding in found}


@pytest.mark.parametrize("mistake", tuple(mistakes()), ids=lambda mistake: mistake.title)
def test_a_mistake_is_found_where_it_was_made(mistake: Mistake) -> None:
    found = findings(mistake.changes)
    path, pointer = mistake.place
    # Examples that no longer fit warn: a new required field or material must be publishable.
    severity = "warning" if mistake.code in OUTDATED else "error"
    assert (mistake.code, full_path(path), pointer, severity) in places(found)
    assert {finding.code for finding in found} <= FINDINGS.keys()
    assert "？" not in "".join(finding_text(finding).replace("”？", "") for finding in found)


def test_a_rule_without_end_is_refused_unread() -> None:
    found = findings({(LOGIC, RULE): "true && " * 600 + "true"})
    assert ("rule-too-large", full_path(LOGIC), RULE, "error") in places(found)


def test_mistakes_in_many_documents_are_all_reported_at_once() -> None:
    changes: Changes = {}
    expected = set()
    for mistake in mistakes():
        if mistake.title in TOGETHER:
            changes |= mistake.changes
            expected.add((mistake.code, full_path(mistake.place[0]), mistake.place[1], "error"))
    assert len(expected) == len(TOGETHER)
    assert expected <= places(findings(changes))


TOGETHER = {
    "a misspelt member",
    "an unknown code list",
    "a misspelt field in a rule",
    "a misspelt field of a material",
    "an offer of an unknown code",
    "an unknown agency",
    "a dead end",
    "a choice without otherwise",
    "rows that overlap",
    "a whole name in public",
    "a holiday that is none",
    "a lock on nothing",
}


def test_a_misspelt_field_is_named_with_the_nearest_one_and_what_to_do() -> None:
    found = findings({(LOGIC, RULE): "applicant.employment_state == '11'"})
    (finding,) = [one for one in found if one.code == "unknown-field"]
    assert finding.params["field"] == "applicant.employment_state"
    assert finding.params["suggestion"] == "applicant.employment_status"
    text = finding_text(finding)
    assert text.startswith(f"申请表的规则 {RULE}：")
    assert "是不是“applicant.employment_status”？" in text
    assert "请改正名称，或先在表单中添加。" in text


def test_a_gap_in_a_table_is_shown_by_an_example_nobody_covers() -> None:
    (finding,) = [one for one in findings({(TYPE, "/rows/1"): GONE}) if one.code == "table-gap"]
    assert finding.params["example"] == "sudden = false"


def test_a_table_too_large_to_decide_says_so() -> None:
    inputs = {f"figure_{n}": {"title": "x", "expression": "home_visit.people", "type": "int"} for n in range(12)}
    rows = [
        {
            "id": f"row_{n}",
            "when": {name: {"at_least": 10 * n, "below": 10 * n + 5} for name in inputs},
            "then": {"type": "emergency"},
            "reason": "x",
        }
        for n in range(3)
    ]
    found = findings({(TYPE, "/inputs"): inputs, (TYPE, "/rows"): rows})
    assert ("table-not-decided", full_path(TYPE), "", "warning") in places(found)


@pytest.mark.parametrize(
    ("change", "place", "figure"),
    [
        ({(LOGIC, RULE): "applicant.age > 65"}, (LOGIC, RULE), 65),
        ({(LOGIC, FACT): {"sum": ["household.member_rows", 3]}}, (LOGIC, FACT), 3),
        ({(LOGIC, FACT): {"count": "household_members", "where": "row.age > 7"}}, (LOGIC, f"{FACT}/where"), 7),
        ({("materials.json", DUE): "applicant.age > 70"}, ("materials.json", DUE), 70),
        ({(TYPE, INPUT): "applicant.age > 80"}, (TYPE, INPUT), 80),
    ],
)
def test_a_bare_figure_is_a_warning_that_names_the_remedy(change: Changes, place: tuple[str, str], figure: int) -> None:
    (finding,) = [one for one in findings(change) if one.code == "bare-figure"]
    assert (finding.path, finding.pointer) == (full_path(place[0]), place[1])
    assert (finding.severity, finding.params) == ("warning", {"figure": figure})
    assert "parameters." in finding_text(finding)


def test_a_document_nobody_uses_is_a_note() -> None:
    notice = {"title": "x", "channel": "message", "subject": "x", "text": "x"}
    found = findings({("notices/idle.json", ""): notice})
    assert [(one.code, one.severity) for one in found] == [("unused-document", "note")]


def test_a_guide_of_no_item_is_a_note() -> None:
    found = findings({("content/guides/none.md", ""): "x"})
    assert [(one.code, one.path) for one in found] == [("unused-document", full_path("content/guides/none.md"))]


def test_a_member_written_twice_is_found_where_the_tree_is_read(tmp_path: Path) -> None:
    file = tmp_path / full_path("agencies.json")
    file.parent.mkdir(parents=True)
    file.write_text('{"agencies": {}, "agencies": {}}', encoding="utf-8")
    (finding,) = read_trees(tmp_path).findings
    assert (finding.code, finding.path, finding.params) == ("duplicate-key", full_path("agencies.json"), {"key": "agencies"})
    assert "“agencies”" in finding_text(finding)


def test_every_check_stands_in_the_table_once() -> None:
    written = {
        f"{file.stem}.{node.name}"
        for file in (ROOT / "server" / "checks").glob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("check_")
    }
    listed = [f"{check.__module__.rpartition('.')[2]}.{check.__name__}" for _, check in CHECKS]
    assert sorted(listed) == sorted(written)
    assert len({name for name, _ in CHECKS}) == len(CHECKS)
