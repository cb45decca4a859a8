"""Edits of one field in the three documents of its form, as plain JSON in and out: what nobody touched stays byte for byte.

Start with `facts_of` and `write_facts`; `add_field`, `remove_field`, `move` and `move_to` change what there is.
An edit that cannot be made is a `Refused`; whether the result makes sense is for the checks to say.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from server.definitions.field_places import (
    FormDocuments,
    Located,
    containers_of,
    controls_of,
    field_of,
    holder_of,
    holders_of,
    schema_of,
    schema_place,
)
from server.definitions.field_shapes import LISTED, SHAPES, element_of
from server.documents.pointer import MISSING, format_pointer, remove, replace, resolve
from server.findings import Refused
from server.rules.expressions import RESERVED
from server.types import JsonValue

_SEGMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELD_ID = re.compile(r"(?:(?P<group>[^\[\]]+)\[\]\.)?(?P<path>[^\[\]]+)")
_RULES = ("relevant", "required", "computed", "suggested", "options")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a choice offers: the entries of a code list, or its own (code, title) pairs."""

    codelist: str = ""
    listed: tuple[tuple[str, str], ...] = ()


class FieldFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator may say about a field."""

    label: str
    hint: str = ""
    required: bool = False
    #: Rules by aspect (`relevant`, `required` …); an aspect without a rule is absent.
    rules: dict[str, str] = {}
    #: None for fields that are no choice.
    options: Options | None = None


class NewField(msgspec.Struct, frozen=True, kw_only=True):
    """A field to be added."""

    #: Property path, `group[].name` for a field of a row; everything above the last name exists already.
    id: str
    kind: str
    facts: FieldFacts
    #: Key of the layout element that gets it: a page, a group, or for fields of a row the control of the repeating group.
    container: str


def facts_of(form: FormDocuments, field: Located) -> FieldFacts:
    """What is said about a field now."""
    schema = schema_of(form, field)
    rules = form.logic.get("fields", {}).get(field.field_id, {})
    return FieldFacts(
        label=str(field.control.get("label", schema.get("title", ""))),
        hint=str(field.control.get("hint", schema.get("description", ""))),
        required=field.schema_place[-1] in holder_of(form, field).get("required", ()),
        rules={aspect: rules[aspect] for aspect in _RULES if rules.get(aspect)},
        options=_options(schema),
    )


def write_facts(form: FormDocuments, field: Located, facts: FieldFacts) -> FormDocuments | Refused:
    """The form with these facts; what already says so is left as it is."""
    before = facts_of(form, field)
    faulty = _fault_of(facts)
    if faulty is not None:
        return faulty
    if facts.label != before.label:
        form = _with_text(form, field, "label", "title", facts.label)
    if facts.hint != before.hint:
        form = _with_text(form, field, "hint", "description", facts.hint)
    if facts.required != before.required:
        form = _with_required(form, field, required=facts.required)
    for aspect in _RULES:
        if facts.rules.get(aspect, "") != before.rules.get(aspect, ""):
            form = _with_rule(form, field.field_id, aspect, facts.rules.get(aspect, ""))
    if facts.options is not None and facts.options != before.options:
        form = _with_options(form, field, facts.options)
    return form


def add_field(form: FormDocuments, new: NewField) -> FormDocuments | Refused:
    """The form with one more field at the end of its container."""
    match = _FIELD_ID.fullmatch(new.id)
    container = next((found for found in containers_of(form) if found.key == new.container), None)
    if match is None or not all(_SEGMENT.fullmatch(part) for part in new.id.replace("[]", "").split(".")):
        return Refused("field-id-form", {"field": new.id})
    group, path = match["group"] or "", match["path"].split(".")
    if path[-1] in RESERVED:
        return Refused("field-id-reserved", {"field": new.id})
    if container is None or container.group != group:
        return Refused("container-unfit", {"field": new.id})
    holder = new.id.removesuffix(path[-1])
    if holder not in holders_of(form):
        return Refused("holder-unknown", {"holder": holder.rstrip(".")})
    place = (*schema_place(group, path[:-1]), "properties", path[-1])
    if resolve(form.schema, format_pointer(place)) is not MISSING or new.id in form.logic.get("facts", {}):
        return Refused("field-taken", {"field": new.id})
    if new.kind not in SHAPES or (group and new.kind == "rows"):
        return Refused("kind-unfit", {"kind": new.kind})
    scope = "#" + format_pointer(tuple(part for name in path for part in ("properties", name)))
    shape = SHAPES[new.kind]
    control = {"type": "Control", "id": _free_element(form, new.id), "scope": scope, **shape.control}
    grown = FormDocuments(
        schema=replace(form.schema, format_pointer(place), {**shape.schema, "title": ""}),
        layout=replace(form.layout, f"{format_pointer(container.place)}/-", control),
        logic=form.logic,
    )
    field = field_of(grown, new.id)
    assert field is not None
    return write_facts(grown, field, new.facts)


def remove_field(form: FormDocuments, field: Located) -> FormDocuments:
    """The form without the field and its own rules; rules that mention it stay, for the checks to name."""
    form = _with_required(form, field, required=False)
    logic = form.logic
    for name in tuple(logic.get("fields", {})):
        if name == field.field_id or name.startswith(f"{field.field_id}[]."):
            logic = _without_rules(logic, name)
    return FormDocuments(
        schema=remove(form.schema, format_pointer(field.schema_place)),
        layout=remove(form.layout, format_pointer(field.place)),
        logic=logic,
    )


def move(form: FormDocuments, field: Located, direction: Literal["up", "down"]) -> FormDocuments:
    """The form with the field one place up or down among its neighbours; unchanged at the end of the list."""
    *above, index = field.place
    listed = resolve(form.layout, format_pointer(tuple(above)))
    assert isinstance(listed, list)
    siblings = list(listed)
    target = int(index) + (-1 if direction == "up" else 1)
    if not 0 <= target < len(siblings):
        return form
    siblings[int(index)], siblings[target] = siblings[target], siblings[int(index)]
    return msgspec.structs.replace(form, layout=replace(form.layout, format_pointer(tuple(above)), siblings))


def move_to(form: FormDocuments, field: Located, container: str) -> FormDocuments | Refused:
    """The form with the field at the end of another page or group; fields of a row stay in their rows."""
    target = next((found for found in containers_of(form) if found.key == container), None)
    if target is None or target.group != field.group or target.place[: len(field.place)] == field.place:
        return Refused("container-unfit", {"field": field.field_id})
    # Removed after it was appended, so that no segment of the target shifts meanwhile.
    appended = replace(form.layout, f"{format_pointer(target.place)}/-", field.control)
    return msgspec.structs.replace(form, layout=remove(appended, format_pointer(field.place)))


def _options(schema: dict[str, Any]) -> Options | None:
    source = schema.get("items", {}) if schema.get("type") == "array" else schema
    if element_of(schema)[0] not in ("", *LISTED) or not isinstance(source, dict):
        return None
    if "x-codelist" in source:
        return Options(codelist=str(source["x-codelist"]))
    if "oneOf" in source:
        listed = [entry for entry in source["oneOf"] if isinstance(entry, dict) and "const" in entry]
        return Options(listed=tuple((str(entry["const"]), str(entry.get("title", entry["const"]))) for entry in listed))
    return Options(listed=tuple((str(code), str(code)) for code in source["enum"])) if "enum" in source else None


def _fault_of(facts: FieldFacts) -> Refused | None:
    if not facts.label.strip():
        return Refused("label-missing")
    if facts.options is None or facts.options.codelist:
        return None
    codes = [code for code, _ in facts.options.listed]
    if not codes:
        return Refused("options-missing")
    twice = next((code for code in codes if codes.count(code) > 1), None)
    return Refused("option-twice", {"code": twice}) if twice is not None else None


def _with_text(form: FormDocuments, field: Located, member: str, keyword: str, text: str) -> FormDocuments:
    """Writes a text where it is spelled now: at the control when it overrides the schema, else in the schema."""
    if member in field.control:
        pointer = f"{format_pointer(field.place)}/{member}"
        layout = replace(form.layout, pointer, text) if text else remove(form.layout, pointer)
        form = msgspec.structs.replace(form, layout=layout)
        if text:
            return form
    pointer = f"{format_pointer(field.schema_place)}/{keyword}"
    return msgspec.structs.replace(form, schema=replace(form.schema, pointer, text) if text else remove(form.schema, pointer))


def _with_required(form: FormDocuments, field: Located, *, required: bool) -> FormDocuments:
    holder, name = holder_of(form, field), field.schema_place[-1]
    names = [known for known in holder.get("required", ()) if known != name] + ([name] if required else [])
    pointer = f"{format_pointer(field.schema_place[:-2])}/required"
    schema = replace(form.schema, pointer, names) if names else remove(form.schema, pointer)
    return msgspec.structs.replace(form, schema=schema)


def _with_rule(form: FormDocuments, field_id: str, aspect: str, rule: str) -> FormDocuments:
    pointer = format_pointer(("fields", field_id, aspect))
    if rule:
        return msgspec.structs.replace(form, logic=replace(form.logic, pointer, rule))
    logic = remove(form.logic, pointer)
    return msgspec.structs.replace(form, logic=logic if logic["fields"].get(field_id) else _without_rules(logic, field_id))


def _without_rules(logic: JsonValue, field_id: str) -> JsonValue:
    left = remove(logic, format_pointer(("fields", field_id)))
    return left if left.get("fields") else remove(left, "/fields")


def _with_options(form: FormDocuments, field: Located, options: Options) -> FormDocuments:
    schema = schema_of(form, field)
    place = (*field.schema_place, "items") if schema.get("type") == "array" else field.schema_place
    source = resolve(form.schema, format_pointer(place))
    assert isinstance(source, dict)
    kept = {key: value for key, value in source.items() if key not in ("oneOf", "enum", "x-codelist")}
    if options.codelist:
        kept["x-codelist"] = options.codelist
    else:
        kept["oneOf"] = [{"const": code, "title": title} for code, title in options.listed]
    return msgspec.structs.replace(form, schema=replace(form.schema, format_pointer(place), kept))


def _free_element(form: FormDocuments, field_id: str) -> str:
    """An element id that names the field and is not taken."""
    taken = {found.control["id"] for found in controls_of(form)} | {found.id for found in containers_of(form)}
    wanted = field_id.replace("[]", "").replace(".", "_")
    return next(name for name in (wanted, *(f"{wanted}_{number}" for number in range(2, 1_000))) if name not in taken)
