"""Services around forms that nobody wrote: the fewest documents a service can have, and schemas drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import strategies as st

from server.definitions.data_schema import STANDARD
from server.rules.expressions import RESERVED

SERVICE, REGION = "anywhere/anything", "110000"
FORMS, PROCESSES = f"form_schemas/{SERVICE}", f"process_defs/{SERVICE}"

#: What every application form has; the rest stands beside it.
OWN = {
    "place": {"type": "string", "enum": [REGION]},
    "person": {"type": "string", "maxLength": 20},
    "name": {"type": "string", "maxLength": 20},
    "items": {"type": "array", "x-element": "items", "items": {"type": "string", "x-codelist": "items"}, "uniqueItems": True},
}
ANSWERS = {"place": REGION, "person": "p", "name": "n", "items": ["only"]}


def service(properties: dict[str, Any], layout: Any = None) -> dict[str, Any]:
    """A service with one item that ends at once, whose form asks for these properties besides its own."""
    schema = {"$schema": STANDARD, "type": "object", "properties": {"own": {"type": "object", "properties": OWN}, **properties}}
    end = {"begin": {"kind": "start", "next": "over"}, "over": {"kind": "end", "code": "over", "reason": "over"}}
    each = {"begin": {"kind": "start", "next": "each"}, "each": {"kind": "each", "over": "own.items", "next": "over"}}
    item = {
        "title": "Only",
        "order": 1,
        "summary": "Only",
        "source": "here",
        "lead_agency": "office",
        "level": "province",
        "process": "only",
        "outcomes": {"over": {"title": "Over", "tone": "good"}},
    }
    return {
        f"{FORMS}/bundle.json": {
            "format": 1,
            "id": SERVICE,
            "title": "Anything",
            "region": REGION,
            "number_prefix": "ANY",
            "place_field": "own.place",
            "person_field": "own.person",
            "name_field": "own.name",
            "items_field": "own.items",
        },
        f"{FORMS}/form/data.schema.json": schema,
        f"{FORMS}/form/ui.json": layout if layout is not None else layout_of(schema),
        f"{PROCESSES}/items.json": {"intake": "intake", "common_scope": [], "items": {"only": item}},
        f"{PROCESSES}/intake.process.json": {"title": "Intake", "nodes": {**each, "over": end["over"]}},
        f"{PROCESSES}/only.process.json": {"title": "Only", "nodes": end},
        f"{PROCESSES}/agencies.json": {"agencies": {"office": {"title": "Office", "levels": {"province": "Office"}}}},
        f"{PROCESSES}/calendar.json": {"title": "Weekends", "years": [], "holidays": [], "workdays": []},
        f"form_schemas/library/regions/{REGION}.json": {"title": "Regions", "regions": {REGION: "Capital"}},
    }


def layout_of(schema: Any) -> dict[str, Any]:
    """A layout with one page for each property of the schema."""
    ids = (f"e{number}" for number in count(1))
    pages = [
        {"type": "Category", "id": f"page_{name}", "label": name, "elements": list(controls(member, [name], ids))}
        for name, member in schema["properties"].items()
    ]
    return {"type": "Categorization", "id": "layout", "elements": pages}


def controls(schema: Any, path: list[str], ids: Iterator[str]) -> Iterator[dict[str, Any]]:
    """A control for every leaf, with the controls of a row inside that of its rows."""
    found = schema if isinstance(schema, dict) else {}
    if "properties" in found:
        for name, member in found["properties"].items():
            yield from controls(member, [*path, name], ids)
        return
    control: dict[str, Any] = {
        "type": "Control",
        "id": next(ids),
        "scope": "#" + "".join(f"/properties/{p}" for p in path),
        "label": f"{'.'.join(path)} < a & b",
    }
    items = found.get("items")
    if isinstance(items, dict) and "properties" in items:
        detail = [inner for name, member in items["properties"].items() for inner in controls(member, [name], ids)]
        control["options"] = {"detail": detail}
    yield control


NAMES = st.from_regex("[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name not in RESERVED)
#: Words as people type them: nothing at their ends that reading would take away.
WORDS = st.text(st.sampled_from("aBz09 ,.<&\"'Ａ（北京市𠮷é-"), min_size=1, max_size=6).filter(lambda text: text == text.strip())
CODES = st.lists(WORDS, min_size=1, max_size=5, unique=True)


def choice(codes: list[str]) -> Any:
    return {"type": "string", "oneOf": [{"const": code, "title": f"title of {code}"} for code in codes]}


LEAVES = st.one_of(
    st.integers(0, 3).map(lambda most: {"type": "string", "title": "a < b & c", "maxLength": 6 + most}),
    st.just({"type": "string", "x-element": "long_text"}),
    st.just({"type": "string", "format": "date"}),
    st.integers(-(2**53) + 1, 2**53 - 100).map(lambda low: {"type": "integer", "minimum": low, "maximum": low + 99}),
    st.integers(0, 4).map(lambda scale: {"type": "integer", "x-element": {"kind": "decimal", "scale": scale, "unit": "kg"}}),
    st.just({"type": "integer", "x-money": "CNY"}),
    st.just({"type": "boolean"}),
    CODES.map(lambda codes: {"type": "string", "enum": codes}),
    CODES.map(choice),
    CODES.map(lambda codes: {"type": "array", "items": {"type": "string", "enum": codes}, "uniqueItems": True, "minItems": 1}),
)


def objects(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(NAMES, members, min_size=1, max_size=4)
    return properties.map(lambda found: {"type": "object", "properties": found})


NESTED = st.recursive(LEAVES, objects, max_leaves=6)
ROWS = objects(NESTED).map(lambda row: {"type": "array", "items": row, "maxItems": 3})
PROPERTIES = st.dictionaries(NAMES, st.one_of(NESTED, ROWS, objects(st.one_of(NESTED, ROWS))), max_size=4).map(
    lambda found: {f"x_{name}": member for name, member in found.items()}
)


@st.composite
def answers(draw: st.DrawFn, schema: Any) -> Any:
    """An answer that the schema of `PROPERTIES` allows and that a page can ask for; anything may be left out."""
    match schema:
        case {"type": "object", "properties": properties}:
            given = {name: draw(answers(member)) for name, member in properties.items() if draw(st.booleans())}
            return {name: value for name, value in given.items() if value not in ({}, [])}
        case {"type": "array", "items": {"type": "object"} as row}:
            return draw(st.lists(answers(row), max_size=3))
        case {"type": "array", "items": {"enum": codes}}:
            chosen = draw(st.sets(st.sampled_from(codes), min_size=1))
            return [code for code in codes if code in chosen]
        case {"enum": codes}:
            return draw(st.sampled_from(codes))
        case {"oneOf": options}:
            return draw(st.sampled_from(options))["const"]
        case {"type": "boolean"}:
            return draw(st.booleans())
        case {"type": "integer"}:
            return draw(st.integers(schema.get("minimum", 0), schema.get("maximum", 10**9)))
        case {"format": "date"}:
            return draw(st.dates()).isoformat()
    return draw(WORDS)


#: Schemas of every shape JSON Schema has, of which forms can use some.
ANY_SCHEMA: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        LEAVES,
        st.sampled_from(
            [
                {},
                True,
                False,
                {"type": "number"},
                {"type": "null"},
                {"type": ["string", "integer"]},
                {"type": "integer", "enum": [1, 2]},
                {"enum": [None, 1, "a", ["b"], {}]},
                {"enum": []},
                {"oneOf": []},
                {"oneOf": [True, {"type": "string"}]},
                {"const": {"a": 1}},
                {"type": "array"},
                {"type": "array", "items": {"type": "integer"}},
                {"type": "array", "items": {"type": "array", "items": {"type": "object"}}},
                {"type": "array", "items": True},
                {"type": "array", "prefixItems": [{"type": "string"}]},
                {"type": "object"},
                {"type": "object", "additionalProperties": {"type": "string"}},
                {"$ref": "#/$defs/nowhere"},
                {"$ref": "#"},
                {"$ref": "#/properties/own/properties/name"},
                {"type": "string", "pattern": "["},
                {"type": "string", "format": "email"},
                {"type": "string", "x-codelist": "nowhere"},
                {"type": "string", "x-element": "nothing"},
                {"type": "object", "x-element": "address"},
                {"type": "string", "x-element": "income"},
                {"type": "boolean", "x-element": {"kind": "consent", "text": "nowhere"}},
                {"type": "array", "x-element": "rows"},
                {"type": "string", "x-element": "photo"},
                {"type": "integer", "minimum": "low"},
                {"type": "string", "minLength": -1},
                {"readOnly": True, "type": "string"},
            ]
        ),
    ),
    lambda members: st.one_of(
        objects(members),
        objects(members).map(lambda row: {"type": "array", "items": row}),
        st.lists(members, min_size=1, max_size=3).map(lambda listed: {"anyOf": listed}),
        members.map(lambda one: {"not": one}),
    ),
    max_leaves=6,
)
