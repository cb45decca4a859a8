"""Schemas of every make with instances of each: written by hand, and drawn at random together with what they allow."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from server.forms.json_schema import DRAFT_7


class Sample(NamedTuple):
    """A schema, instances it allows that its fields can hold one by one, and such that only a JSON text can."""

    name: str
    schema: Any
    fitting: tuple[Any, ...]
    loose: tuple[Any, ...] = ()


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
STRANGE_NAMES = (
    "a/b",
    "a~b",
    "a~1b",
    "a.b",
    "a[0]",
    "50%",
    "two words",
    "姓名",
    "",
    " ",
    "@k",
    "~rows",
    "\n",
    "\u200b",
    "😀",
    "x-y",
    "$ref",
)
STRANGE_TEXTS = (
    *("", " ", " a", "a ", "a\nb", "a\r\nb", "\t", '"', '"a"', "null", "1", "\x00", "\u200b", "\u202e", "😀", "１２", "<b>&amp;"),
    *("\ufdd0", "\ufffe", "\u2028", "e\u0301", "\u00a0", "a" * 3_000, "{}", "\\", "\\u0041", "'", "𠮷", "\ue000"),
)
TREE = {
    "type": "object",
    "properties": {"name": TEXT, "children": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["name"],
}
LINKED = {"type": "object", "properties": {"value": WHOLE, "next": {"$ref": "#/$defs/link"}}, "required": ["value"]}
SHAPES = {
    "oneOf": [
        {
            "title": "Circle",
            "type": "object",
            "properties": {"kind": {"const": "circle"}, "radius": {"type": "number"}},
            "required": ["kind"],
        },
        {
            "title": "Box",
            "type": "object",
            "properties": {"kind": {"const": "box"}, "sides": {"type": "array", "items": WHOLE}},
            "required": ["kind"],
        },
    ]
}


def record(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


SAMPLES: tuple[Sample, ...] = (
    Sample("text", TEXT, STRANGE_TEXTS),
    Sample("whole number", WHOLE, (0, -1, 2**53 - 1, 1.0), (2**53, -(10**30))),
    Sample("number", {"type": "number"}, (0, 0.1, -1e-7, 1e300, 10**40, 5e-324)),
    Sample("truth", {"type": "boolean"}, (True, False)),
    Sample("null", {"type": "null"}, (None,)),
    Sample("anything", {}, (None, True, 0, "a", [], {}, [[[]]], {"a": {"b": [1]}})),
    Sample("true", True, (None, {"": ""}, "x")),
    Sample("const", {"const": {"a": [1, None]}}, ({"a": [1, None]}, {"a": [1.0, None]})),
    Sample("const null", {"const": None}, (None,)),
    Sample(
        "enum of everything",
        {"enum": [None, 1, "1", True, [1], {"a": 1}, "", " a "]},
        (None, 1, "1", True, [1], {"a": 1}, "", " a "),
    ),
    Sample("enum of texts like codes", {"enum": ["2", "1", "form", "json", "none"]}, ("1", "2", "form", "none")),
    Sample("long enum", {"enum": [f"code {number}" for number in range(150)]}, ("code 0", "code 149")),
    Sample("enum too long for a list", {"enum": list(range(500))}, (0, 499)),
    Sample("titled constants", {"oneOf": [{"const": 1, "title": "One"}, {"const": 2, "title": "Two"}]}, (1, 2)),
    Sample("strange names", record(dict.fromkeys(STRANGE_NAMES, TEXT)), ({}, dict.fromkeys(STRANGE_NAMES, "x"), {"a/b": " "})),
    Sample(
        "strange names that must be",
        record(dict.fromkeys(STRANGE_NAMES, WHOLE), required=list(STRANGE_NAMES)),
        (dict.fromkeys(STRANGE_NAMES, 1),),
    ),
    Sample("closed", record({"a": TEXT}, additionalProperties=False), ({}, {"a": "x"}), ()),
    Sample("open", record({"a": TEXT}), ({}, {"a": "x", "b": [1], "c": None})),
    Sample("map", {"type": "object", "additionalProperties": WHOLE}, ({}, {"a/b": 1, "": 2})),
    Sample(
        "names by pattern",
        {"type": "object", "patternProperties": {"^x-": TEXT}, "additionalProperties": False},
        ({}, {"x-1": "a"}),
    ),
    Sample("object without a word", {"type": "object"}, ({}, {"a": {"b": []}})),
    Sample("members without type", {"properties": {"a": WHOLE}}, ({"a": 1}, {}), ([1], "text", None)),
    Sample("a member that must not be", record({"a": False, "b": TEXT}), ({"b": "x"}, {})),
    Sample("required", record({"a": TEXT, "b": WHOLE}, required=["a", "b", "c"]), ({"a": "", "b": 0, "c": None},)),
    Sample(
        "nested", record({"a": record({"b": record({"c": TEXT})})}), ({}, {"a": {}}, {"a": {"b": {}}}, {"a": {"b": {"c": ""}}})
    ),
    Sample("nested and required", record({"a": record({"b": TEXT}, required=["b"])}), ({}, {"a": {"b": "x"}})),
    Sample(
        "nested objects that must be", record({"a": record({"b": TEXT})}, required=["a"]), ({"a": {}}, {"a": {"b": "x", "c": 1}})
    ),
    Sample("texts", {"type": "array", "items": TEXT}, ([], ["a"], ["", " ", "a", "a"])),
    Sample(
        "numbers in an object", record({"a": {"type": "array", "items": {"type": "number"}}}), ({}, {"a": []}, {"a": [1, 2.5]})
    ),
    Sample("at least one", record({"a": {"type": "array", "items": TEXT, "minItems": 1}}), ({}, {"a": ["x"]})),
    Sample(
        "several of a list", {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True}, ([], ["c", "a"], ["b"])
    ),
    Sample(
        "objects",
        {"type": "array", "items": record({"a": TEXT, "b": {"type": "boolean"}})},
        ([], [{}], [{"a": "x"}, {"b": False, "c": 1}]),
    ),
    Sample("lists in lists", {"type": "array", "items": {"type": "array", "items": WHOLE}}, ([], [[]], [[1], [], [2, 3]])),
    Sample(
        "rows with lists in them",
        {"type": "array", "items": record({"a": {"type": "array", "items": TEXT}})},
        ([{}], [{"a": []}, {"a": ["x"]}]),
    ),
    Sample(
        "rows with choices in them",
        {"type": "array", "items": SHAPES},
        ([{"kind": "circle", "radius": 1}, {"kind": "box", "sides": [1]}],),
    ),
    Sample("anything in a list", {"type": "array"}, ([], [None, 1, "a", {}])),
    Sample("any items", {"items": True, "type": "array"}, ([1], ["x", None])),
    Sample("first ones", {"prefixItems": [TEXT, WHOLE], "items": False}, ([], ["a"], ["a", 1])),
    Sample("first ones and others", {"prefixItems": [TEXT, WHOLE], "items": {"type": "boolean"}}, ([], ["a", 1, True, False])),
    Sample(
        "first ones of draft-07",
        {"$schema": DRAFT_7, "items": [TEXT, record({"a": WHOLE})], "additionalItems": False},
        (["a"], ["a", {"a": 1}], ["a", {}]),
    ),
    Sample(
        "first ones in an object",
        record({"at": {"type": "array", "prefixItems": [{"type": "number"}] * 2, "minItems": 2}}),
        ({}, {"at": [1, 2]}, {"at": [1, 2, "x"]}),
    ),
    Sample("text or null", {"type": ["string", "null"]}, ("a", None, "", "null")),
    Sample(
        "several types",
        {"type": ["object", "array", "integer", "boolean"], "properties": {"a": TEXT}, "items": WHOLE},
        ({}, {"a": "x"}, [], [1], 3, True),
    ),
    Sample("number or whole", {"type": ["number", "integer", "string"]}, (1, 1.5, "1")),
    Sample("one of two objects", SHAPES, ({"kind": "circle", "radius": 0.5}, {"kind": "box"}, {"kind": "box", "sides": [1, 2]})),
    Sample("one of two types", {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, ("a", [], ["a"])),
    Sample("a choice in an object", record({"shape": SHAPES}), ({}, {"shape": {"kind": "circle"}})),
    Sample(
        "a choice beside members",
        {**record({"id": WHOLE}), **SHAPES},
        ({"id": 1, "kind": "box", "sides": []}, {"kind": "circle"}),
    ),
    Sample("a choice of a choice", {"oneOf": [SHAPES, {"oneOf": [TEXT, WHOLE]}]}, ({"kind": "circle"}, "a", 1)),
    Sample(
        "more ways than anybody reads",
        {"anyOf": [record({f"a{n}": {"const": n}}, required=[f"a{n}"]) for n in range(30)]},
        ({"a3": 3},),
    ),
    Sample(
        "requirements as a choice",
        {**record({"a": TEXT, "b": TEXT}), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        ({"a": "x"}, {"b": "y"}),
    ),
    Sample(
        "all of",
        {"allOf": [record({"a": TEXT}, required=["a"]), record({"b": WHOLE}), {"title": "Both"}]},
        ({"a": "x"}, {"a": "", "b": 1}),
    ),
    Sample(
        "all of one member",
        {"allOf": [record({"a": record({"b": TEXT})}), record({"a": record({"c": WHOLE})})]},
        ({"a": {"b": "x", "c": 1}},),
    ),
    Sample(
        "definitions",
        {**record({"a": {"$ref": "#/$defs/name"}}), "$defs": {"name": {"type": "string", "title": "Name"}}},
        ({"a": "x"}, {}),
    ),
    Sample(
        "definitions of draft-07",
        {"$schema": DRAFT_7, **record({"a": {"$ref": "#/definitions/a~1b"}}), "definitions": {"a/b": WHOLE}},
        ({"a": 1},),
    ),
    Sample("anchors", {**record({"a": {"$ref": "#here"}}), "$defs": {"x": {"$anchor": "here", "type": "string"}}}, ({"a": "x"},)),
    Sample(
        "definitions with words beside",
        {"$ref": "#/$defs/a", "title": "Mine", "$defs": {"a": record({"b": TEXT})}},
        ({"b": "x"},),
    ),
    Sample(
        "tree",
        TREE,
        ({"name": "a"}, {"name": "a", "children": []}, {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]}),
    ),
    Sample(
        "list of links",
        {"$ref": "#/$defs/link", "$defs": {"link": LINKED}},
        (
            {"value": 1},
            {"value": 1, "next": {"value": 2}},
            {"value": 1, "next": {"value": 2, "next": {"value": 3, "next": {"value": 4, "next": {"value": 5}}}}},
        ),
    ),
    Sample(
        "tree by a dynamic reference",
        {"$dynamicAnchor": "node", **record({"value": TEXT, "left": {"$dynamicRef": "#node"}})},
        ({}, {"left": {"left": {"value": "x"}}}),
    ),
    Sample(
        "if and then",
        {
            **record({"a": {"enum": ["x", "y"]}}),
            "if": {"properties": {"a": {"const": "x"}}},
            "then": record({"b": TEXT}, required=["b"]),
            "else": record({"c": WHOLE}),
        },
        ({"a": "x", "b": ""}, {"a": "y"}, {"a": "y", "c": 1}),
    ),
    Sample(
        "dependent members",
        {**record({"card": TEXT, "address": TEXT}), "dependentRequired": {"card": ["address"]}},
        ({}, {"address": "x"}, {"card": "1", "address": "x"}),
    ),
    Sample(
        "dependent schemas",
        {**record({"a": TEXT}), "dependentSchemas": {"a": record({"b": WHOLE}, required=["b"])}},
        ({}, {"a": "x", "b": 1}),
    ),
    Sample(
        "dependencies of draft-07",
        {"$schema": DRAFT_7, **record({"a": TEXT}), "dependencies": {"a": record({"b": WHOLE}), "b": ["a"]}},
        ({}, {"a": "x", "b": 1}),
    ),
    Sample(
        "members nobody evaluated",
        {**record({"a": TEXT}), "allOf": [record({"b": TEXT})], "unevaluatedProperties": False},
        ({}, {"a": "x", "b": "y"}),
    ),
    Sample("never", {"not": {"type": "string"}}, (1, None, {"a": 1})),
    Sample("bounds", {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]+$"}, ("ab", "abc")),
    Sample("bounds without type", {"minLength": 2, "minimum": 3}, ("ab", 3, None, {})),
    Sample(
        "formats",
        record({"d": {"type": "string", "format": "date"}, "m": {"type": "string", "format": "email"}}),
        ({"d": "2024-02-29", "m": "a@b.cn"},),
    ),
    Sample("wide", record({f"member_{number}": TEXT for number in range(280)}), ({"member_0": "a", "member_279": "b"},)),
    Sample(
        "too wide for a form",
        record({f"m{number}": WHOLE for number in range(2_000)}, additionalProperties=False),
        ({"m0": 1, "m1999": 2},),
    ),
    Sample(
        "many lists",
        record({f"l{number}": {"type": "array", "items": TEXT} for number in range(80)}),
        ({"l0": ["a"], "l79": ["b"]},),
    ),
    Sample(
        "titles that are markup",
        record({"a": {"type": "string", "title": "<script>x</script>", "description": 'a & b "c"'}}),
        ({"a": "</textarea>"},),
    ),
    Sample(
        "titles of nothing",
        record({"a": {"type": "string", "title": ""}, "b": {"type": "object", "title": "", "properties": {}}}),
        ({"a": "x", "b": {}},),
    ),
    Sample(
        "keywords as names",
        record({"properties": record({"type": TEXT}), "required": TEXT, "$ref": TEXT, "items": WHOLE}),
        ({"properties": {"type": "x"}, "items": 1},),
    ),
)

NAMES = st.sampled_from(STRANGE_NAMES) | st.text(max_size=6)
SCALARS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ({"type": "string"}, st.text(max_size=8) | st.sampled_from(STRANGE_TEXTS[:20])),
    ({"type": "integer"}, st.integers()),
    ({"type": "number"}, st.floats(allow_nan=False, allow_infinity=False) | st.integers()),
    ({"type": "boolean"}, st.booleans()),
    ({"type": "null"}, st.none()),
    ({"type": ["string", "null", "integer"]}, st.text(max_size=3) | st.none() | st.integers()),
    ({"enum": ["a", 1, None, "b c"]}, st.sampled_from(["a", 1, None, "b c"])),
    ({"const": "fixed"}, st.just("fixed")),
    ({}, st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)),
]


class Drawn(NamedTuple):
    """A schema with an instance that it allows."""

    schema: Any
    instance: Any


@st.composite
def drawn(draw: st.DrawFn, depth: int = 2) -> Drawn:
    """A schema of any shape, and an instance of it."""
    shape = draw(
        st.sampled_from(("scalar",) if depth == 0 else ("scalar", "object", "object", "list", "places", "choice", "all"))
    )
    if shape == "scalar":
        schema, values = draw(st.sampled_from(SCALARS))
        return Drawn(schema, draw(values))
    if shape == "object":
        return draw(_objects(depth))
    if shape == "list":
        first = draw(drawn(depth=depth - 1))
        times = draw(st.integers(0, 3))
        return Drawn({"type": "array", "items": first.schema, "title": draw(NAMES)}, [first.instance] * times)
    if shape == "places":
        found = draw(st.lists(drawn(depth=depth - 1), min_size=1, max_size=3))
        kept = draw(st.integers(0, len(found)))
        return Drawn({"type": "array", "prefixItems": [one.schema for one in found]}, [one.instance for one in found[:kept]])
    if shape == "choice":
        found = draw(st.lists(drawn(depth=depth - 1), min_size=2, max_size=3))
        return Drawn({"anyOf": [one.schema for one in found]}, draw(st.sampled_from([one.instance for one in found])))
    first, second = draw(_objects(depth)), draw(_objects(depth))
    shared = first.schema["properties"].keys() & second.schema["properties"].keys()
    if shared or not (first.schema.get("additionalProperties", True) and second.schema.get("additionalProperties", True)):
        return first
    return Drawn({"allOf": [first.schema, second.schema]}, {**first.instance, **second.instance})


@st.composite
def _objects(draw: st.DrawFn, depth: int) -> Drawn:
    members = draw(st.dictionaries(NAMES, drawn(depth=depth - 1), max_size=4))
    given = {name: one.instance for name, one in members.items() if draw(st.booleans())}
    schema: dict[str, Any] = {"type": "object", "properties": {name: one.schema for name, one in members.items()}}
    required = [name for name in given if draw(st.booleans())]
    if required:
        schema["required"] = required
    if draw(st.booleans()):
        schema["additionalProperties"] = False
    elif draw(st.booleans()):
        given.setdefault("something else", draw(st.integers() | st.lists(st.text(max_size=3), max_size=2)))
    return Drawn(schema, given)
