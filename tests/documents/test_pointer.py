"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import Any

import jsonpointer
import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_values import values

from server.documents.pointer import MISSING, format_pointer, parse_pointer, remove, replace, resolve

#: The document and pointers of RFC 6901, section 5.
RFC_DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}
RFC_POINTERS: dict[str, Any] = {
    "": RFC_DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}


def places(value: Any, segments: tuple[str | int, ...] = ()) -> list[tuple[str, Any]]:
    """Every pointer of a value with what stands there."""
    found = [(format_pointer(segments), value)]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        found += places(member, (*segments, key))
    return found


@pytest.mark.parametrize("pointer", RFC_POINTERS)
def test_the_examples_of_the_standard_resolve(pointer: str) -> None:
    assert resolve(RFC_DOCUMENT, pointer) == RFC_POINTERS[pointer]


@pytest.mark.parametrize(
    "pointer",
    ["/foo/2", "/foo/-", "/foo/-1", "/foo/01", "/foo/+1", "/foo/ 1", "/foo/²", "/foo/१", "/foo/bar", "/nothing", "/a~1b/0"],
)
def test_nothing_stands_where_no_member_is(pointer: str) -> None:
    assert resolve(RFC_DOCUMENT, pointer) is MISSING
    assert remove(RFC_DOCUMENT, pointer) == RFC_DOCUMENT


@pytest.mark.parametrize("text", ["foo", "~0", " /foo", "foo/bar"])
def test_a_pointer_starts_with_a_slash(text: str) -> None:
    with pytest.raises(ValueError, match="not a JSON Pointer"):
        parse_pointer(text)


def test_a_tilde_before_a_one_is_not_a_slash() -> None:
    assert parse_pointer("/~01") == ("~1",)
    assert format_pointer(("~1",)) == "/~01"


@given(st.lists(st.text(max_size=5), max_size=5))
def test_reading_a_written_pointer_gives_its_segments(segments: list[str]) -> None:
    assert list(parse_pointer(format_pointer(segments))) == segments


@given(values())
def test_every_place_resolves_as_in_an_independent_implementation(document: Any) -> None:
    for pointer, value in places(document):
        assert resolve(document, pointer) is value
        assert jsonpointer.resolve_pointer(document, pointer) is value


@given(values(), st.data())
def test_replacing_changes_one_place_and_leaves_the_document_as_it_was(document: Any, data: st.DataObject) -> None:
    before = repr(document)
    pointer, _ = data.draw(st.sampled_from(places(document)))
    changed = replace(document, pointer, "new")
    assert resolve(changed, pointer) == "new"
    assert repr(document) == before
    for other, value in places(document):
        if not pointer.startswith(other) and not other.startswith(pointer):
            assert resolve(changed, other) == value


@given(values(), st.data())
def test_removing_leaves_nothing_at_the_place_and_the_document_as_it_was(document: Any, data: st.DataObject) -> None:
    before = repr(document)
    pointer, _ = data.draw(st.sampled_from(places(document)))
    changed = remove(document, pointer)
    assert repr(document) == before
    if not pointer:
        assert changed is None
        return
    parent, _, key = pointer.rpartition("/")
    holder, kept = resolve(document, parent), resolve(changed, parent)
    assert isinstance(holder, dict | list)
    assert isinstance(kept, dict | list)
    assert len(kept) == len(holder) - 1
    if isinstance(holder, list):
        assert kept == [*holder[: int(key)], *holder[int(key) + 1 :]]


def test_replacing_creates_the_objects_on_the_way() -> None:
    assert replace({}, "/a/b/c", 1) == {"a": {"b": {"c": 1}}}
    assert replace(None, "/a", 1) == {"a": 1}


def test_a_dash_appends_to_a_list() -> None:
    assert replace({"list": [1]}, "/list/-", 2) == {"list": [1, 2]}
    assert replace({"list": [1]}, "/list/-/name", 2) == {"list": [1, {"name": 2}]}


@pytest.mark.parametrize("pointer", ["/list/1", "/list/x", "/list/01", "/list/-1", "/list/²"])
def test_a_place_outside_a_list_cannot_be_replaced(pointer: str) -> None:
    with pytest.raises(ValueError, match="no such place"):
        replace({"list": [1]}, pointer, 2)
