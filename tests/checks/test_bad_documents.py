"""Documents made to hurt are refused with a finding, in bounded memory and computing time.

Every case runs in a process of its own whose memory and processor time are limited; how long that takes on the wall does not
matter.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from shipped_documents import REGION, SERVICE, Changes, changed, documents, full_path

from server.checks.run import run_checks
from server.checks.subject import compile_subject
from server.documents.text import parse_document
from server.exports.folder import read_trees
from server.messages.findings import FINDINGS

SECONDS, MEMORY = 20, 400 * 2**20
Found = list[tuple[str, str, str]]
LOGIC, SCHEMA, LAYOUT = "form/logic.json", "form/data.schema.json", "form/ui.json"
RULE = (LOGIC, "/fields/applicant.employer/relevant")
NAME = "/properties/applicant/properties/name"


def limited(found: Callable[[], Found]) -> Found:
    """What is found in a process that may use so much memory more than this one and so much processor time, and not more."""
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_confined, args=(found, there))
    child.start()
    there.close()
    try:
        return list(here.recv()) if here.poll(None) else []
    except EOFError:
        raise AssertionError("used up its memory or its processor time") from None
    finally:
        child.join()


def _confined(found: Callable[[], Found], out: Connection) -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    out.send(found())
    out.close()


def errors(changes: Changes) -> Found:
    kept = {path: value for path, value in changed(changes).items() if "/examples/" not in path}
    found = run_checks(compile_subject(kept, SERVICE, REGION))
    return [(one.code, one.path, one.pointer) for one in found if one.severity == "error"]


def read(raw: bytes) -> Found:
    value, found = parse_document(raw, "x.json")
    assert value is None
    return [(one.code, one.path, one.pointer) for one in found]


def nested(depth: int, outer: str = "[", inner: str = "]", core: str = "") -> str:
    return outer * depth + core + inner * depth


def deep(depth: int) -> Any:
    return json.loads(nested(depth, '{"a":', "}", "1"))


TEXTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "ten megabytes": (lambda: b'"' + b"a" * 10_000_000 + b'"', "document-too-large"),
    "ten megabytes of brackets": (lambda: b"[" * 10_000_000, "document-too-large"),
    "depth 1,000 of lists": (lambda: nested(1000).encode(), "document-too-deep"),
    "depth 1,000 of objects": (lambda: nested(1000, '{"a":', "}").encode(), "document-too-deep"),
    "depth 1,000 never closed": (lambda: b"[" * 1000, "document-too-deep"),
    "brackets in a string that never ends": (lambda: b'["' + b"[" * 1_000_000, "not-json"),
    "a member twice": (lambda: b'{"a": 1, "a": 1}', "duplicate-key"),
    "a member twice by another spelling": (lambda: b'{"a": 1, "\\u0061": 2}', "duplicate-key"),
    "a member twice far inside": (lambda: b'[{"b": [{"a": {}, "c": 0, "a": {}}]}]', "duplicate-key"),
    "UTF-16": (lambda: '{"a": "文"}'.encode("utf-16"), "not-utf-8"),
    "UTF-32": (lambda: '{"a": "文"}'.encode("utf-32"), "not-utf-8"),
    "GBK": (lambda: '{"a": "文字"}'.encode("gbk"), "not-utf-8"),
    "Latin-1": (lambda: '{"a": "é"}'.encode("latin-1"), "not-utf-8"),
    "overlong UTF-8": (lambda: b'{"a": "\xc0\xaf"}', "not-utf-8"),
    "half a character": (lambda: b'{"a": "\\ud800"}', "not-utf-8"),
    "NaN": (lambda: b"[NaN]", "not-json"),
    "a number beyond exactness": (lambda: b"[9007199254740993]", "not-json"),
    "a number of a million digits": (lambda: b"[" + b"9" * 1_000_000 + b"]", "not-json"),
    "a number beyond all": (lambda: b"[1e999]", "not-json"),
    "nothing": (lambda: b"", "not-json"),
    "half a document": (lambda: b'{"a": [1, 2', "not-json"),
    "two documents": (lambda: b"{} {}", "not-json"),
    "a comment": (lambda: b"{} // all of it", "not-json"),
    "a zero byte": (lambda: b'{"a": "\x00"}', "not-json"),
}


@pytest.mark.parametrize("title", TEXTS)
def test_a_text_that_is_no_document_is_refused(title: str) -> None:
    make, code = TEXTS[title]
    assert limited(lambda: read(make())) == [(code, "x.json", "")]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_document(b"\xef\xbb\xbf{}", "x.json") == ({}, ())


def test_a_folder_of_documents_that_cannot_be_read_is_read_to_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "process_defs" / SERVICE
    folder.mkdir(parents=True)
    for number, (make, _) in enumerate(TEXTS.values()):
        (folder / f"p{number}.process.json").write_bytes(make())
    found = limited(lambda: [(one.code, one.path, one.pointer) for one in read_trees(tmp_path).findings])
    assert sorted(code for code, _, _ in found) == sorted(code for _, code in TEXTS.values())


def bomb(width: int, depth: int, wrap: Callable[[list[Any]], Any]) -> Any:
    """A schema that is small as written, and as large as width to the depth with its references followed."""
    schema = dict(documents()[full_path(SCHEMA)])
    levels = {f"d{n}": wrap([{"$ref": f"#/$defs/d{n + 1}"} for _ in range(width)]) for n in range(depth)}
    schema["$defs"] = levels | {f"d{depth}": {"type": "string"}}
    schema["properties"] = schema["properties"] | {"bomb": {"$ref": "#/$defs/d0"}}
    return schema


def members(parts: list[Any]) -> Any:
    return {"type": "object", "properties": {f"p{number}": part for number, part in enumerate(parts)}}


CIRCLES: dict[str, Changes] = {
    "itself": {(SCHEMA, NAME): {"$ref": f"#{NAME}"}},
    "what it stands in": {(SCHEMA, NAME): {"$ref": "#/properties/applicant"}},
    "the whole": {(SCHEMA, NAME): {"$ref": "#"}},
    "two that mean each other": {
        (SCHEMA, "/$defs"): {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
        (SCHEMA, NAME): {"$ref": "#/$defs/a"},
    },
    "rows of rows": {
        (SCHEMA, "/$defs"): {"person": members([{"type": "array", "items": {"$ref": "#/$defs/person"}}])},
        (SCHEMA, "/properties/people"): {"type": "array", "items": {"$ref": "#/$defs/person"}},
    },
    "by way of alternatives": {
        (SCHEMA, "/$defs"): {"a": {"anyOf": [{"type": "string"}, {"not": {"$ref": "#/$defs/a"}}]}},
        (SCHEMA, NAME): {"$ref": "#/$defs/a"},
    },
}


@pytest.mark.parametrize("title", CIRCLES)
def test_a_reference_that_leads_back_is_refused(title: str) -> None:
    found = limited(lambda: errors(CIRCLES[title]))
    assert ("reference-circle", full_path(SCHEMA)) in {(code, path) for code, path, _ in found}


def rows(count: int) -> list[Any]:
    (first, *_) = documents()[full_path(TABLE)]["rows"]
    return [{**first, "id": f"r{number}", "when": {}} for number in range(count)]


TABLE, CODES, CALENDAR = "tables/low_income_category.table.json", "codelists/gender.json", "calendar.json"
LOOPS = "applicant.reason_class"
#: What is done, and the code of what must be found.
HEAVY: dict[str, tuple[Callable[[], Changes], str]] = {
    "100 kB of rule": (lambda: {RULE: "true && " * 14_000 + "true"}, "rule-too-large"),
    "10,000 operands": (lambda: {RULE: "||".join(f"applicant.name=='{n}'" for n in range(10_000))}, "rule-too-large"),
    "brackets around brackets": (lambda: {RULE: nested(1990, "(", ")")}, "rule-syntax"),
    "lists in lists": (lambda: {RULE: nested(1990) + " == []"}, "rule-syntax"),
    "members of members": (lambda: {RULE: "applicant" + ".a" * 1900}, "rule-syntax"),
    "macros in macros": (
        lambda: {RULE: "".join(f"{LOOPS}.exists(x{n}, " for n in range(8)) + "x0 == x1" + ")" * 8},
        "rule-too-nested",
    ),
    "lists of lists of lists": (
        lambda: {RULE: "size(" + "".join(f"[1, 1, 1].map(x{n}, " for n in range(20)) + "1" + ")" * 20 + ") > 0"},
        "rule-too-nested",
    ),
    "a letter of nothing but names": (lambda: {("notices/accepted.json", "/text"): "{case.number}" * 30_000}, "text-too-long"),
    "braces": (lambda: {("notices/accepted.json", "/text"): "{" * 15_000}, "open-brace"),
    "a pattern that looks back": (lambda: {(SCHEMA, f"{NAME}/pattern"): r"^(a+)+\1$"}, "pattern-backtracks"),
    "a pattern that looks around": (lambda: {(SCHEMA, f"{NAME}/pattern"): "^(?=(a+)+$)b"}, "pattern-backtracks"),
    "a pattern counted too far": (lambda: {(SCHEMA, f"{NAME}/pattern"): "^((a{999}){999}){999}$"}, "pattern-too-heavy"),
    "a pattern without end": (lambda: {(SCHEMA, f"{NAME}/pattern"): "(a|b)?" * 500}, "pattern-too-long"),
    "ten to the twelfth fields": (lambda: {(SCHEMA, ""): bomb(10, 12, members)}, "schema-too-large"),
    "two to the fortieth conditions": (lambda: {(SCHEMA, ""): bomb(2, 40, lambda parts: {"allOf": parts})}, "schema-too-large"),
    "5,000 references in a row": (lambda: {(SCHEMA, ""): bomb(1, 5_000, lambda parts: parts[0])}, "schema-too-large"),
    "60,000 options": (lambda: {(SCHEMA, f"{NAME}/enum"): [f"x{n}" for n in range(60_000)]}, "schema-too-large"),
    "20,000 required fields": (
        lambda: {(SCHEMA, "/properties/applicant/required"): [f"x{n}" for n in range(20_000)]},
        "unknown-property",
    ),
    "1,500 facts in a row": (
        lambda: {(LOGIC, "/facts"): {f"c.f{n}": {"sum": [f"c.f{n + 1}", 1]} for n in range(1_500)}},
        "too-many-facts",
    ),
    "rules for 5,000 fields there are not": (
        lambda: {(LOGIC, "/fields"): {f"applicant.x{n}": {"relevant": f"applicant.y{n} == 1"} for n in range(5_000)}},
        "unknown-field",
    ),
    "20,000 unknown fields in a scope": (
        lambda: {("items.json", "/common_scope"): [f"applicant.nam{n}" for n in range(20_000)]},
        "unknown-field",
    ),
    "50,000 unknown members": (
        lambda: {("materials.json", "/materials/identity_proof"): {f"titl{n}": "x" for n in range(50_000)}},
        "unknown-member",
    ),
    "20,000 codes below each other": (
        lambda: {(CODES, "/codes"): {str(n): {"title": f"t{n}", "parent": str((n + 1) % 20_000)} for n in range(20_000)}},
        "code-below-itself",
    ),
    "an offer of one code 50,000 times": (lambda: {(CODES, "/offer"): ["1"] * 50_000}, "code-twice"),
    "50,000 holidays": (
        lambda: {(CALENDAR, "/holidays"): [f"2025-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(50_000)]},
        "listed-twice",
    ),
    "a calendar from the beginning of time": (lambda: {(CALENDAR, "/years"): [1, 10**15]}, "calendar-without-year"),
    "20,000 rows for the same": (lambda: {(TABLE, "/rows"): rows(20_000)}, "outcome-never-reached"),
    "3,000 locks on nothing": (
        lambda: {
            ("locks.json", "/locks"): [{"document": SCHEMA, "pointer": f"/*/*/*/*/*/x{n}", "allow": "none"} for n in range(3_000)]
        },
        "lock-without-target",
    ),
    "600 groups of rows": (lambda: many_groups(600), "too-many-groups"),
    "depth 1,000 that no text had": (lambda: {("materials.json", "/materials/x"): deep(900)}, "unknown-member"),
    "groups 60 deep": (lambda: {(LAYOUT, "/elements/0/elements"): deep_groups(60)}, "empty-group"),
}


def many_groups(count: int) -> Changes:
    schema, layout = (json.loads(json.dumps(documents()[full_path(path)])) for path in (SCHEMA, LAYOUT))
    group = {"type": "array", "title": "x", "items": members([{"type": "string", "title": "x"}])}
    schema["properties"]["many"] = {"type": "object", "properties": {f"g{n}": group for n in range(count)}}
    detail = [{"type": "Control", "id": "inner", "scope": "#/properties/p0"}]
    controls = [
        {"type": "Control", "id": f"g{n}", "scope": f"#/properties/many/properties/g{n}", "options": {"detail": detail}}
        for n in range(count)
    ]
    layout["elements"].append({"type": "Category", "id": "many", "label": "many", "elements": controls})
    return {(SCHEMA, ""): schema, (LAYOUT, ""): layout}


def deep_groups(depth: int) -> list[Any]:
    inner: list[Any] = []
    for number in range(depth):
        inner = [{"type": "Group", "id": f"deep{number}", "label": "x", "elements": inner}]
    return inner


@pytest.mark.parametrize("title", HEAVY)
def test_whatever_is_too_much_is_refused_and_costs_little(title: str) -> None:
    make, code = HEAVY[title]
    assert code in FINDINGS
    assert code in {found for found, _, _ in limited(lambda: errors(make()))}


OVERLAYS: dict[str, tuple[str, Any, str]] = {
    "a change of a page that is not there": ("140100/form/ui.json", {"elements": {"no_such_page": {"label": "x"}}}, "140100"),
    "the removal of a material that is not there": ("140100/materials.json", {"materials": {"no_such": None}}, "140100"),
    "an order after what is not there": ("140100/form/ui.json", {"elements": {"items": {"$after": "nothing"}}}, "140100"),
    "a document that no region can change": ("140100/form/notes.json", {}, "140100"),
    "a region nobody knows": ("149999/bundle.json", {"title": "x"}, "140000"),
    "a region elsewhere": ("110000/bundle.json", {"title": "x"}, "140000"),
    "a region that is no code": ("taiyuan/bundle.json", {"title": "x"}, "140000"),
    "50,000 removals of nothing": ("140200/form/logic.json", {"fields": {f"x{n}": None for n in range(50_000)}}, "140200"),
    "a patch as deep as a document can be": ("140100/materials.json", {"materials": deep(150)}, "140100"),
}


def of_overlay(inner: str, patch: Any, region: str) -> Found:
    tree = "form_schemas"
    path = f"{tree}/{SERVICE}/overlays/{inner}"
    kept = {name: value for name, value in documents().items() if "/examples/" not in name}
    found = run_checks(compile_subject({**kept, path: patch}, SERVICE, region))
    return [(one.code, one.path, one.pointer) for one in found if one.severity == "error" and one.path == path]


@pytest.mark.parametrize("title", OVERLAYS)
def test_an_overlay_that_leads_nowhere_is_refused_where_it_stands(title: str) -> None:
    assert limited(lambda: of_overlay(*OVERLAYS[title]))


LENGTH = "size(applicant.name)"


def hard_rules() -> Iterator[str]:
    """Rules of hundreds of conditions that nobody can decide by looking."""
    for turn in range(20):
        parts = [
            f"(size(applicant.name) > {(n * 7 + turn) % 60} || applicant.household_size < {(n * 11) % 49})" for n in range(50)
        ]
        yield " && ".join(parts)[:3900].rsplit(" && ", 1)[0]


def test_conditions_that_are_too_much_to_decide_are_left_alone() -> None:
    names = [name for name in documents()[full_path(LOGIC)]["fields"] if "[]" not in name]
    changes: Changes = {(LOGIC, f"/fields/{name}/relevant"): text for name, text in zip(names, hard_rules(), strict=False)}
    assert "never-relevant" not in {code for code, _, _ in limited(lambda: errors(changes))}
