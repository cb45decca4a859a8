"""Edits of one field in the three documents of its form, as plain JSON in and out: what nobody touched stays byte for byte.

Start with `read_form`, `facts_of` and `write_facts`; `add_field`, `remove_field`, `move` and `move_to` change what there is.
An edit that cannot be made is a `Refused`; whether the result makes sense is for the checks to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from server.definitions.field_shapes import LISTED, SHAPES, element_settings
from server.definitions.form import Categorization, Logic
from server.documents.pointer import MISSING, format_pointer, parse_pointer, remove, replace, resolve
from server.findings import Refused
from server.rules.expressions import RESERVED
from server.types import JsonValue

_SEGMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELD_ID = re.compile(r"(?:(?P<group>[^\[\]]+)\[\]\.)?(?P<path>[^\[\]]+)")
_RULES = ("relevant", "required", "computed", "suggested", "options")


class FormDocuments(msgspec.Struct, frozen=True, kw_only=True):
    """`data.schema.json`, `ui.json` and `logic.json` of one form."""

    schema: JsonValue
    layout: JsonValue
    logic: JsonValue


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


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """Where a field stands: its control in the layout and its schema."""

    field_id: str
    control: dict[str, Any]
    #: Segments of the control in the layout.
    place: tuple[str | int, ...]
    #: Field id of the enclosing repeating group, empty outside.
    group: str
    #: Segments of the field in the data schema.
    schema_place: tuple[str, ...]
    #: Id of the page it is on.
    page: str


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """A layout element that holds fields."""

    id: str
    label: str
    kind: Literal["page", "group", "rows"]
    #: Field id of the repeating group whose rows it lays out, empty outside rows.
    group: str
    #: Segments of its list of elements.
    place: tuple[str | int, ...]

    @property
    def key(self) -> str:
        """Names the container: a page may have the id of the repeating group on it."""
        return f"{self.kind}:{self.id}"


def read_form(schema: JsonValue, layout: JsonValue, logic: JsonValue) -> FormDocuments | None:
    """The documents when they have the shape of a form's, so that the edits below can rely on it."""
    try:
        msgspec.convert(layout, Categorization)
        msgspec.convert(logic, Logic)
    except msgspec.ValidationError:
        return None
    return FormDocuments(schema=schema, layout=layout, logic=logic) if isinstance(schema, dict) else None


def fields_of(form: FormDocuments) -> tuple[Located, ...]:
    """Every field of the layout that its schema knows, in reading order."""
    return tuple(found for found in _located(form) if isinstance(resolve(form.schema, _pointer(found.schema_place)), dict))


def field_of(form: FormDocuments, field_id: str) -> Located | None:
    """Where a field stands; nothing when the layout or the schema does not know it."""
    return next((found for found in fields_of(form) if found.field_id == field_id), None)


def containers_of(form: FormDocuments) -> tuple[Container, ...]:
    """Every layout element that can hold fields, in reading order."""
    return tuple(_containers(form.layout["elements"], ("elements",), ""))


def holders_of(form: FormDocuments) -> tuple[str, ...]:
    """Property paths under which a field can be added, ending in `.` or empty; rows as `group[].`."""
    return tuple(_holders(form.schema, ""))


def facts_of(form: FormDocuments, field: Located) -> FieldFacts:
    """What is said about a field now."""
    schema = _schema(form, field)
    rules = form.logic.get("fields", {}).get(field.field_id, {})
    return FieldFacts(
        label=str(field.control.get("label", schema.get("title", ""))),
        hint=str(field.control.get("hint", schema.get("description", ""))),
        required=field.schema_place[-1] in _holder(form, field).get("required", ()),
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
    place = (*_schema_place(group, path[:-1]), "properties", path[-1])
    if resolve(form.schema, _pointer(place)) is not MISSING or new.id in form.logic.get("facts", {}):
        return Refused("field-taken", {"field": new.id})
    if new.kind not in SHAPES or (group and new.kind == "rows"):
        return Refused("kind-unfit", {"kind": new.kind})
    scope = "#" + _pointer(tuple(part for name in path for part in ("properties", name)))
    shape = SHAPES[new.kind]
    control = {"type": "Control", "id": _free_element(form, new.id), "scope": scope, **shape.control}
    grown = FormDocuments(
        schema=replace(form.schema, _pointer(place), {**shape.schema, "title": ""}),
        layout=replace(form.layout, f"{_pointer(container.place)}/-", control),
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
        schema=remove(form.schema, _pointer(field.schema_place)), layout=remove(form.layout, _pointer(field.place)), logic=logic
    )


def move(form: FormDocuments, field: Located, direction: Literal["up", "down"]) -> FormDocuments:
    """The form with the field one place up or down among its neighbours; unchanged at the end of the list."""
    *above, index = field.place
    listed = resolve(form.layout, _pointer(tuple(above)))
    assert isinstance(listed, list)
    siblings = list(listed)
    target = int(index) + (-1 if direction == "up" else 1)
    if not 0 <= target < len(siblings):
        return form
    siblings[int(index)], siblings[target] = siblings[target], siblings[int(index)]
    return msgspec.structs.replace(form, layout=replace(form.layout, _pointer(tuple(above)), siblings))


def move_to(form: FormDocuments, field: Located, container: str) -> FormDocuments | Refused:
    """The form with the field at the end of another page or group; fields of a row stay in their rows."""
    target = next((found for found in containers_of(form) if found.key == container), None)
    if target is None or target.group != field.group or target.place[: len(field.place)] == field.place:
        return Refused("container-unfit", {"field": field.field_id})
    # Removed after it was appended, so that no segment of the target shifts meanwhile.
    appended = replace(form.layout, f"{_pointer(target.place)}/-", field.control)
    return msgspec.structs.replace(form, layout=remove(appended, _pointer(field.place)))


def _located(form: FormDocuments) -> Iterator[Located]:
    for index, page in enumerate(form.layout["elements"]):
        for place, control, group in _controls(page["elements"], ("elements", index, "elements"), None):
            names = parse_pointer(control["scope"].removeprefix("#"))[1::2]
            upper = _id_of(group) if group is not None else ""
            yield Located(
                field_id=f"{upper}[].{'.'.join(names)}" if upper else ".".join(names),
                control=control,
                place=place,
                group=upper,
                schema_place=_schema_place(upper, names),
                page=page["id"],
            )


def _controls(
    elements: list[Any], above: tuple[str | int, ...], group: dict[str, Any] | None
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any], dict[str, Any] | None]]:
    for index, element in enumerate(elements):
        place = (*above, index)
        if element["type"] == "Group":
            yield from _controls(element["elements"], (*place, "elements"), group)
        elif element["type"] == "Control":
            yield place, element, group
            detail = element.get("options", {}).get("detail")
            if group is None and isinstance(detail, list):
                yield from _controls(detail, (*place, "options", "detail"), element)


def _containers(elements: list[Any], above: tuple[str | int, ...], group: str) -> Iterator[Container]:
    for index, element in enumerate(elements):
        place, label = (*above, index), str(element.get("label") or element["id"])
        if element["type"] in ("Category", "Group"):
            kind: Literal["page", "group"] = "page" if element["type"] == "Category" else "group"
            yield Container(id=element["id"], label=label, kind=kind, group=group, place=(*place, "elements"))
            yield from _containers(element["elements"], (*place, "elements"), group)
        elif element["type"] == "Control" and isinstance(element.get("options", {}).get("detail"), list):
            inner = (*place, "options", "detail")
            yield Container(id=element["id"], label=label, kind="rows", group=_id_of(element), place=inner)
            yield from _containers(element["options"]["detail"], inner, _id_of(element))


def _holders(schema: Any, prefix: str) -> Iterator[str]:
    yield prefix
    for name, member in schema.get("properties", {}).items():
        if not isinstance(member, dict) or element_settings(member)[0]:
            continue
        if member.get("type") == "object":
            yield from _holders(member, f"{prefix}{name}.")
        elif member.get("type") == "array" and "properties" in member.get("items", {}) and "[]" not in prefix:
            yield from _holders(member["items"], f"{prefix}{name}[].")


def _id_of(control: dict[str, Any]) -> str:
    return ".".join(parse_pointer(control["scope"].removeprefix("#"))[1::2])


def _schema_place(group: str, names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    inner = tuple(part for name in names for part in ("properties", name))
    return (*(part for name in group.split(".") for part in ("properties", name)), "items", *inner) if group else inner


def _pointer(place: tuple[str | int, ...]) -> str:
    return format_pointer(place)


def _schema(form: FormDocuments, field: Located) -> dict[str, Any]:
    found = resolve(form.schema, _pointer(field.schema_place))
    assert isinstance(found, dict)
    return found


def _holder(form: FormDocuments, field: Located) -> dict[str, Any]:
    found = resolve(form.schema, _pointer(field.schema_place[:-2]))
    assert isinstance(found, dict)
    return found


def _options(schema: dict[str, Any]) -> Options | None:
    source = schema.get("items", {}) if schema.get("type") == "array" else schema
    if element_settings(schema)[0] not in ("", *LISTED) or not isinstance(source, dict):
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
        pointer = f"{_pointer(field.place)}/{member}"
        layout = replace(form.layout, pointer, text) if text else remove(form.layout, pointer)
        form = msgspec.structs.replace(form, layout=layout)
        if text:
            return form
    pointer = f"{_pointer(field.schema_place)}/{keyword}"
    return msgspec.structs.replace(form, schema=replace(form.schema, pointer, text) if text else remove(form.schema, pointer))


def _with_required(form: FormDocuments, field: Located, *, required: bool) -> FormDocuments:
    holder, name = _holder(form, field), field.schema_place[-1]
    names = [known for known in holder.get("required", ()) if known != name] + ([name] if required else [])
    pointer = f"{_pointer(field.schema_place[:-2])}/required"
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
    schema = _schema(form, field)
    place = (*field.schema_place, "items") if schema.get("type") == "array" else field.schema_place
    source = resolve(form.schema, _pointer(place))
    assert isinstance(source, dict)
    kept = {key: value for key, value in source.items() if key not in ("oneOf", "enum", "x-codelist")}
    if options.codelist:
        kept["x-codelist"] = options.codelist
    else:
        kept["oneOf"] = [{"const": code, "title": title} for code, title in options.listed]
    return msgspec.structs.replace(form, schema=replace(form.schema, _pointer(place), kept))


def _free_element(form: FormDocuments, field_id: str) -> str:
    """An element id that names the field and is not taken."""
    taken = {found.control["id"] for found in _located(form)} | {found.id for found in containers_of(form)}
    wanted = field_id.replace("[]", "").replace(".", "_")
    return next(name for name in (wanted, *(f"{wanted}_{number}" for number in range(2, 1_000))) if name not in taken)
