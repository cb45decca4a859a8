"""Merge patches (RFC 7396)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from json_values import same, values

from server.documents.merge_patch import apply_patch, patch_between

#: The test cases of RFC 7396, appendix A: original, patch, result.
RFC_CASES: tuple[tuple[Any, Any, Any], ...] = (
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
)


@pytest.mark.parametrize(("original", "patch", "result"), RFC_CASES)
def test_the_cases_of_the_standard_hold(original: Any, patch: Any, result: Any) -> None:
    before = repr(original)
    assert same(apply_patch(original, patch), result)
    assert repr(original) == before


@given(values(nulls=False), values(nulls=False))
def test_the_patch_between_two_documents_leads_from_one_to_the_other(before: Any, after: Any) -> None:
    assert same(apply_patch(before, patch_between(before, after)), after)


@pytest.mark.parametrize(
    ("before", "after"),
    [({"a": {"b": True}}, {"a": {"b": 1}}), ({"a": [0]}, {"a": [False]}), ({"a": [{"b": 1}]}, {"a": [{"b": True}]})],
)
def test_a_truth_value_differs_from_the_number_that_python_takes_it_for(before: Any, after: Any) -> None:
    assert same(apply_patch(before, patch_between(before, after)), after)


@given(values(nulls=False))
def test_the_patch_between_equal_documents_is_empty(document: Any) -> None:
    assert patch_between(document, document) == ({} if isinstance(document, dict) else document)


@given(values(), values(nulls=False))
def test_applying_a_patch_twice_is_applying_it_once(document: Any, patch: Any) -> None:
    once = apply_patch(document, patch)
    assert same(apply_patch(once, patch), once)
