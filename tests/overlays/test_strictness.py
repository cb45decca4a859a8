"""What `tighten` and `relax` let pass is really stricter or looser, as a validator judges."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from overlaid_service import SERVICE, path_in_tree, small_documents

from server.definitions.bundle import Lock
from server.overlays.locks import Breach, breaches

SCHEMA = path_in_tree("form/data.schema.json")
MATERIALS = path_in_tree("materials.json")

texts = st.sampled_from(("", "a", "ab", "abc", "abcd", "x"))
scalars = texts | st.integers(-2, 5) | st.booleans() | st.none() | st.sampled_from((0.5, 2.0))
instances = st.dictionaries(st.sampled_from("abc"), scalars | st.lists(scalars, max_size=3), max_size=3)
listed = st.lists(st.sampled_from(("a", "ab", "abc", 1, 2)), unique_by=repr, min_size=1)
types = st.sampled_from(("string", "integer", "number", "array", "null"))
KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": types | st.lists(types, unique=True, min_size=1),
    **dict.fromkeys(("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"), st.integers(0, 3)),
    **dict.fromkeys(("minItems", "maxItems", "minContains", "maxContains"), st.integers(0, 2)),
    "multipleOf": st.integers(1, 3),
    "uniqueItems": st.booleans(),
    **dict.fromkeys(
        ("contains", "not"), st.sampled_from(({"type": "string"}, {"type": "string", "minLength": 2}, {"minimum": 2}))
    ),
    "items": st.sampled_from(({"type": "string"}, {"type": "string", "minLength": 2}, {"enum": ["a", "ab"]})),
    "enum": listed,
    "oneOf": listed.map(lambda codes: [{"const": code} for code in codes]),
    "const": st.sampled_from(("a", 1)),
    "pattern": st.sampled_from(("a", "b")),
    "title": st.sampled_from(("x", "y")),
}
fields = st.fixed_dictionaries({}, optional=KEYWORDS)
schemas = st.fixed_dictionaries(
    {"properties": st.dictionaries(st.sampled_from("abc"), fields, max_size=3)},
    optional={"required": st.lists(st.sampled_from("abc"), unique=True), "minProperties": st.integers(0, 3)},
)


@st.composite
def schemas_and_edits(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema, and the same with one or two things set, added or taken away."""
    before = draw(schemas)
    after = copy.deepcopy(before)
    for _ in range(draw(st.integers(1, 2))):
        fresh = draw(schemas)
        field = draw(st.sampled_from("abc"))
        keyword = draw(st.sampled_from(sorted(KEYWORDS)))
        match draw(st.sampled_from(("keyword", "keyword", "keyword", "field", "rest"))):
            case "keyword":
                holder = after["properties"].setdefault(field, {})
                if holder.pop(keyword, None) is None or draw(st.booleans()):
                    holder[keyword] = draw(KEYWORDS[keyword])
            case "field" if field in fresh["properties"]:
                after["properties"][field] = fresh["properties"][field]
            case "field":
                after["properties"].pop(field, None)
            case _:
                after = {**fresh, "properties": after["properties"]}
    return before, after


def broken(allow: str, before: Any, after: Any, path: str = SCHEMA, pointer: str = "") -> tuple[Breach, ...]:
    inner = "materials.json" if path == MATERIALS else "form/data.schema.json"
    lock = Lock(document=inner, pointer=pointer, allow=allow)
    return breaches({path: before}, {path: after}, service_id=SERVICE, locks=(lock,), paths=(path,))


@given(schemas_and_edits(), st.lists(instances, min_size=5, max_size=25))
def test_what_is_let_pass_refuses_more_or_less_and_never_both(edit: tuple[Any, Any], answers: list[Any]) -> None:
    for before, after in (edit, edit[::-1]):
        old, new = Draft202012Validator(before), Draft202012Validator(after)
        newly_accepted = [answer for answer in answers if new.is_valid(answer) and not old.is_valid(answer)]
        assert not newly_accepted or broken("tighten", before, after)
        newly_refused = [answer for answer in answers if old.is_valid(answer) and not new.is_valid(answer)]
        assert not newly_refused or broken("relax", before, after)


@pytest.mark.parametrize(
    ("before", "after", "allows"),
    [
        ({"maxLength": 5}, {"maxLength": 4}, {"tighten"}),
        ({"maxLength": 5}, {"maxLength": 6}, {"relax"}),
        ({"maxLength": 5}, {}, {"relax"}),
        ({}, {"maxLength": 5}, {"tighten"}),
        ({"minimum": 1}, {"minimum": 2}, {"tighten"}),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, {"tighten"}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, {"relax"}),
        ({"enum": ["a"]}, {"enum": ["b"]}, set()),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, set()),
        ({"enum": ["a"]}, {}, {"relax"}),
        ({"oneOf": [{"const": "a"}]}, {"oneOf": [{"const": "a"}, {"const": "b"}]}, {"relax"}),
        ({"required": ["a"]}, {"required": ["a", "b"]}, {"tighten"}),
        ({"required": ["a"]}, {}, {"relax"}),
        ({"type": ["string", "null"]}, {"type": ["string"]}, {"tighten"}),
        ({"pattern": "a"}, {"pattern": "b"}, set()),
        ({"pattern": "a"}, {}, {"relax"}),
        ({"properties": {}}, {"properties": {"a": {}}}, {"tighten"}),
        ({"properties": {"a": {}}}, {"properties": {}}, {"relax"}),
        ({"not": {"minimum": 1}}, {"not": {"minimum": 2}}, set()),
        ({"title": "x", "description": "y"}, {"title": "z"}, {"tighten", "relax"}),
        ({"properties": {"a": {"title": "x"}}}, {"properties": {"a": {"title": "y", "minLength": 1}}}, {"tighten"}),
        ({"x-element": "phone"}, {"x-element": "text"}, set()),
    ],
)
def test_a_constraint_goes_one_way(before: Any, after: Any, allows: set[str]) -> None:
    assert {allow for allow in ("tighten", "relax") if not broken(allow, before, after)} == allows


@pytest.mark.parametrize(
    ("before", "after", "allows"),
    [
        ({"a": {}}, {}, {"relax"}),
        ({}, {"a": {}}, {"tighten"}),
        ({"a": {"items": ["one"]}}, {"a": {"items": ["one", "two"]}}, {"tighten"}),
        ({"a": {"items": ["one"]}}, {"a": {}}, {"tighten"}),
        ({"a": {}}, {"a": {"items": ["one"]}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "x == 1 && y == 2"}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "y == 2 && (x == 1)"}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "x == 1 || y == 2"}}, {"tighten"}),
        ({"a": {"due": "x == 1 || y == 2"}}, {"a": {"due": "x == 1 || y == 2 && z == 3"}}, set()),
        ({"a": {"due": "x == 1 || y == 2"}}, {"a": {"due": "(x == 1 || y == 2) && z == 3"}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "(x == 1) && y == 2 || z == 3"}}, set()),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "x == 2"}}, set()),
        ({"a": {"due": "true"}}, {"a": {"due": "x == 2"}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "false"}}, {"relax"}),
        ({"a": {"due": "x == 1"}}, {"a": {"due": "true"}}, {"tighten"}),
        ({"a": {"due": "x == 1"}}, {"a": {}}, {"tighten"}),
        ({"a": {}}, {"a": {"waived": "x == 1", "waived_reason": "y"}}, {"relax"}),
        ({"a": {"waived": "x == 1"}}, {"a": {}}, {"tighten"}),
        ({"a": {"waived": "x == 1"}}, {"a": {"waived": "x == 1 || y == 2"}}, {"relax"}),
        ({"a": {"waived": "x == 1"}}, {"a": {"waived": "x == 1 && y == 2"}}, {"tighten"}),
        ({"a": {"reuse_days": 30}}, {"a": {"reuse_days": 60}}, {"relax"}),
        ({"a": {"reuse_days": 30}}, {"a": {"reuse_days": 10}}, {"tighten"}),
        ({"a": {"reuse_days": 30}}, {"a": {}}, {"tighten"}),
        ({"a": {}}, {"a": {"e_licence": "x"}}, {"relax"}),
        ({"a": {"kind": "copy"}}, {"a": {"kind": "original"}}, set()),
        ({"a": {"necessity": "x"}}, {"a": {"necessity": "y"}}, set()),
        ({"a": {"title": "x", "hint": "y"}}, {"a": {"title": "z"}}, {"tighten", "relax"}),
    ],
)
def test_a_material_asks_for_more_or_for_less(before: Any, after: Any, allows: set[str]) -> None:
    def passes(allow: str) -> bool:
        return not broken(allow, {"materials": before}, {"materials": after}, MATERIALS, "/materials/*")

    assert {allow for allow in ("tighten", "relax") if passes(allow)} == allows


def test_the_same_documents_break_no_lock() -> None:
    documents = small_documents()
    locks = tuple(Lock(document="*", pointer="", allow=allow) for allow in ("none", "add", "tighten", "relax", "decrease"))
    assert breaches(documents, {**documents}, service_id=SERVICE, locks=locks, paths=documents) == ()
