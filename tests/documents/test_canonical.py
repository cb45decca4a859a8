"""Canonical bytes (RFC 8785) and content ids."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_values import same, values

from server.documents.canonical import canonical_bytes, content_id


def shuffled(value: Any, draw: st.DrawFn) -> Any:
    """An equal value with its members in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], draw) for key in draw(st.permutations(list(value)))}
    return [shuffled(member, draw) for member in value] if isinstance(value, list) else value


@st.composite
def reordered(draw: st.DrawFn) -> tuple[Any, Any]:
    value = draw(values())
    return value, shuffled(value, draw)


@given(reordered())
def test_equal_values_have_equal_bytes_whatever_the_order_of_their_members(pair: tuple[Any, Any]) -> None:
    assert canonical_bytes(pair[0]) == canonical_bytes(pair[1])
    assert content_id(pair[0]) == content_id(pair[1])


@given(values())
def test_the_bytes_read_as_the_value_and_are_stable(value: Any) -> None:
    again = json.loads(canonical_bytes(value))
    assert same(again, value)
    assert canonical_bytes(again) == canonical_bytes(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}, None),
        (1e21, b"1e+21"),
        (333333333.33333329, b"333333333.3333333"),
        (-0.0, b"0"),
        ("\u000f\n\u4e2d", '"\\u000f\\n\u4e2d"'.encode()),
    ],
)
def test_values_have_the_bytes_the_standard_gives_them(value: Any, expected: bytes | None) -> None:
    found = canonical_bytes(value)
    if expected is not None:
        assert found == expected
    else:
        assert list(json.loads(found).values()) == [2, 4, 6, 7, 1, 5, 3], "members are ordered by UTF-16 units"


def test_a_content_id_is_the_hash_of_the_bytes() -> None:
    assert content_id({}) == "sha256:" + hashlib.sha256(b"{}").hexdigest()
    assert content_id([1]) != content_id([True]) != content_id(["1"])
