"""How each place of each kind of document is merged, and which way is stricter there: one literal table.

A place that the table does not name is `value`: objects are merged member by member, anything else is replaced whole.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from server.definitions.service import DOCUMENT_KINDS, place_of

#: How a list is merged: not at all (`plain`), as a set of texts, as texts in an order, as objects in an order known by a key.
Form = Literal["plain", "set", "ordered", "keyed"]

#: When a change is stricter: more of it, less of it, a condition that holds more often (`asking`) or less often (`freeing`);
#: `never` for texts that bind nobody, `other` where only adding and removing can be told apart, `unknown` where neither can.
Stricter = Literal["more", "less", "asking", "freeing", "never", "other", "unknown"]

#: Joins the parts of a key made of several members.
KEY_MARK = "@"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the values at one kind of place."""

    form: Form = "plain"
    #: Member to the shape of its value; `*` for members that authors name.
    members: dict[str, str] = {}
    #: Members of an entry that together are its key.
    key: tuple[str, ...] = ()
    #: Shape of an entry.
    entry: str = "value"
    #: Whether one member may be written without a list around it.
    single: bool = False
    stricter: Stricter = "other"
    #: What it means that nothing stands here.
    absent: Literal["loosest", "strictest"] = "loosest"


_TEXTS = ("title", "description", "source", "note", "hint", "reason", "summary")

_ANNOTATIONS = ("$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated", "x-source")
_SUBSCHEMAS = ("items", "propertyNames", "additionalProperties", "then", "else")
#: Keywords under which a stricter schema may make the whole looser.
_CONDITIONS = ("not", "if", "contains", "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems")
_FLOORS = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_CEILINGS = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
#: Members of a length of time.
_UNITS = ("workdays", "days", "hours")

SHAPES: dict[str, Shape] = {
    "value": Shape(),
    "sealed": Shape(members={"*": "sealed"}, stricter="unknown"),
    # Leaves
    "words": Shape(stricter="never"),
    "floor": Shape(stricter="more"),
    "ceiling": Shape(stricter="less"),
    "days_limit": Shape(stricter="less"),
    "validity": Shape(stricter="less", absent="strictest"),
    "licence": Shape(absent="strictest"),
    "due": Shape(stricter="asking", absent="strictest"),
    "waived": Shape(stricter="freeing", absent="strictest"),
    # Lists of texts
    "names": Shape(form="set"),
    "listed": Shape(form="ordered"),
    "needed": Shape(form="set", stricter="more"),
    "needing_items": Shape(form="set", stricter="more", absent="strictest"),
    "types": Shape(form="set", stricter="less", single=True),
    "allowed": Shape(form="ordered", stricter="less"),
    "seen_fields": Shape(form="set", stricter="less", absent="strictest"),
    # JSON Schema
    "schema": Shape(
        members={
            **dict.fromkeys(_ANNOTATIONS, "words"),
            **dict.fromkeys(_FLOORS, "floor"),
            **dict.fromkeys(_CEILINGS, "ceiling"),
            **dict.fromkeys(("properties", "$defs", "patternProperties", "dependentSchemas"), "schemas"),
            **dict.fromkeys(_SUBSCHEMAS, "schema"),
            **dict.fromkeys(_CONDITIONS, "sealed"),
            "type": "types",
            "enum": "allowed",
            "oneOf": "options",
            "required": "needed",
            "dependentRequired": "needed_beside",
        }
    ),
    "schemas": Shape(members={"*": "schema"}),
    "options": Shape(form="keyed", key=("const",), entry="option", stricter="less"),
    "option": Shape(members=dict.fromkeys(_TEXTS, "words")),
    "needed_beside": Shape(members={"*": "needed"}),
    # Layout
    "layout": Shape(members={"elements": "elements"}),
    "elements": Shape(form="keyed", key=("id",), entry="element"),
    "element": Shape(members={"elements": "elements", "options": "control", "label": "words", "hint": "words", "text": "words"}),
    "control": Shape(members={"detail": "elements"}),
    # Printed sheet
    "sheet": Shape(members={"blocks": "sheet_blocks", "letter": "sheet_letter", **dict.fromkeys((*_TEXTS, "paper"), "words")}),
    "sheet_blocks": Shape(form="keyed", key=("id",), entry="sheet_block", stricter="never"),
    "sheet_block": Shape(
        members={"cells": "sheet_cells", "columns": "sheet_columns", **dict.fromkeys((*_TEXTS, "text"), "words")},
        stricter="never",
    ),
    "sheet_cells": Shape(stricter="never"),
    "sheet_columns": Shape(stricter="never"),
    "sheet_letter": Shape(members={"appeal": "words", "appeals": "sheet_appeals"}, stricter="never"),
    "sheet_appeals": Shape(members={"*": "words"}, stricter="never"),
    # Materials
    "materials": Shape(members={"materials": "material_list"}),
    "material_list": Shape(members={"*": "material"}),
    "material": Shape(
        members={
            **dict.fromkeys((*_TEXTS, "row", "waived_reason", "reuse_status", "template"), "words"),
            "items": "needing_items",
            "due": "due",
            "waived": "waived",
            "reuse_days": "validity",
            "e_licence": "licence",
        }
    ),
    # Items
    "items": Shape(members={"common_scope": "seen_fields", "items": "item_list"}),
    "item_list": Shape(members={"*": "item"}),
    "item": Shape(
        members={
            **dict.fromkeys((*_TEXTS, "order", "limit_law", "promised_status"), "words"),
            **dict.fromkeys(("legal_limit", "extended_limit", "promised_limit", "visits"), "days_limit"),
            "law": "listed",
            "clock_excludes": "names",
            "data_scope": "seen_fields",
        }
    ),
    # Processes and tables
    "process": Shape(members={"nodes": "nodes", **dict.fromkeys(_TEXTS, "words")}),
    "nodes": Shape(members={"*": "node"}),
    "node": Shape(
        members={"limit": "duration", "period": "shown_for", "limit_status": "words", **dict.fromkeys(_TEXTS, "words")}
    ),
    "duration": Shape(members=dict.fromkeys(_UNITS, "days_limit")),
    "shown_for": Shape(members=dict.fromkeys(_UNITS, "floor")),
    "table": Shape(members={"rows": "rows", **dict.fromkeys(_TEXTS, "words")}),
    "rows": Shape(form="keyed", key=("id",), entry="row"),
    "row": Shape(members={"when": "cells", "reason": "words", "source": "words"}),
    "cells": Shape(members={"*": "cell"}),
    "cell": Shape(members={"codes": "names"}),
    # Lists, settings and other systems
    "codelist": Shape(members={"codes": "codes", "offer": "allowed", **dict.fromkeys(_TEXTS, "words")}),
    "codes": Shape(members={"*": "code"}, stricter="less"),
    "code": Shape(members=dict.fromkeys(_TEXTS, "words")),
    "parameters": Shape(members={"parameters": "parameter_list"}),
    "parameter_list": Shape(members={"*": "parameter"}),
    "parameter": Shape(members={"values": "parameter_values", **dict.fromkeys(_TEXTS, "words")}),
    "parameter_values": Shape(form="keyed", key=("region", "valid_from")),
    "calendar": Shape(members={"holidays": "names", "workdays": "names", **dict.fromkeys(_TEXTS, "words")}),
    "bundle": Shape(members={"issuers": "listed", **dict.fromkeys(_TEXTS, "words")}),
    "connector": Shape(members={"operations": "operations"}),
    "operations": Shape(members={"*": "operation"}),
    "operation": Shape(members={"request": "schema", "reply": "schema", "data_scope": "seen_fields"}),
    "locks": Shape(members={"locks": "lock_list"}),
    "lock_list": Shape(form="keyed", key=("document", "pointer")),
    "example": Shape(members={"problems": "names", "materials_due": "names"}),
}

#: Kind of document to the shape of its root, where the kind does not name it.
_ROOTS = {
    "data_schema": "schema",
    "task_data_schema": "schema",
    "task_layout": "layout",
    "logic": "value",
    "task_logic": "value",
    "agencies": "value",
    "notice": "value",
}
#: Kinds whose documents are text and replaced whole.
_PROSE = ("consent", "guide")

#: Kind of document to the shape of its root; the kinds that regions may change.
ROOTS: dict[str, Shape] = {
    kind: SHAPES[_ROOTS.get(kind, kind)] for kind, *_ in DOCUMENT_KINDS if kind not in _PROSE
} | dict.fromkeys(_PROSE, SHAPES["words"])


def root_shape(path: str, service_id: str) -> Shape | None:
    """The shape of a document of the service; nothing for documents that regions cannot change."""
    place = place_of(path, service_id)
    return ROOTS.get(place.kind) if place is not None else None


def is_prose(path: str) -> bool:
    """Whether a document is text."""
    return path.endswith(".md")


def member_shape(shape: Shape, member: str) -> Shape:
    """The shape of a member or entry."""
    if shape.form == "keyed":
        return SHAPES[shape.entry]
    return SHAPES[shape.members.get(member, shape.members.get("*", "value"))]


def is_entry(shape: Shape, member: str) -> bool:
    """Whether a member is one of many that authors name, rather than one that the format knows."""
    return shape.form != "plain" or ("*" in shape.members and member not in shape.members)
