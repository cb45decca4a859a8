"""JSON Schemas of 2020-12 and values to try on them, drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c", "~x/y", "d e"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 12), st.sampled_from(["", "a", "b", "xyz"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)


def _with(keyword: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {keyword: value})


LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    _with("type", st.sampled_from(["string", "integer", "object", "array", "boolean", "null"])),
    _with("type", st.lists(st.sampled_from(["string", "object", "array"]), min_size=1, unique=True)),
    _with("minimum", st.integers(0, 9)),
    _with("const", VALUES),
    _with("enum", st.lists(VALUES, min_size=1, max_size=3)),
    _with("maxLength", st.integers(0, 3)),
    _with("required", st.lists(NAMES, max_size=2, unique=True)),
    _with("dependentRequired", st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True), max_size=2)),
    _with("$ref", st.sampled_from(["#/$defs/one", "#/$defs/two", "#first"])),
    _with("minItems", st.integers(0, 3)),
    _with("x-money", st.just("CNY")),
    # Means nothing in 2020-12, and something else in draft-07.
    _with("additionalItems", st.just(False)),
    _with("dependencies", st.just({"a": ["b"]})),
)


def _joined(parts: list[Any]) -> Any:
    joined: dict[str, Any] = {}
    for part in parts:
        joined |= part if isinstance(part, dict) else {}
    return joined


def _outer(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(NAMES, inner, max_size=3)
    keywords = st.one_of(
        _with("properties", named),
        _with("dependentSchemas", named),
        _with("patternProperties", st.dictionaries(st.sampled_from(["^a", "c$"]), inner, max_size=2)),
        _with("additionalProperties", inner),
        _with("unevaluatedProperties", st.one_of(st.booleans(), inner)),
        _with("unevaluatedItems", st.one_of(st.booleans(), inner)),
        _with("items", inner),
        _with("prefixItems", listed),
        _with("contains", inner),
        _with("minContains", st.integers(0, 2)),
        _with("maxContains", st.integers(0, 2)),
        _with("propertyNames", inner),
        *(_with(keyword, listed) for keyword in ("allOf", "anyOf", "oneOf")),
        *(_with(keyword, inner) for keyword in ("not", "if", "then", "else")),
    )
    return st.one_of(keywords, LEAVES, st.lists(st.one_of(keywords, LEAVES), min_size=2, max_size=4).map(_joined))


PARTS = st.recursive(LEAVES, _outer, max_leaves=6)


@st.composite
def schemas(draw: st.DrawFn) -> Any:
    """A schema whose references all lead to a definition, and never in a circle."""
    body = draw(_outer(PARTS))
    simple = st.sampled_from([{"type": "string"}, {"minimum": 2}, {"prefixItems": [{"type": "integer"}], "items": False}])
    definitions = {"one": {"$anchor": "first", **draw(simple)}, "two": draw(simple)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **(body if isinstance(body, dict) else {}),
        "$defs": definitions,
    }
