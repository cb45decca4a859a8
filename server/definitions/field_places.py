"""Where the fields of a form stand: in the layout, in the data schema, and in which page, group or row.

Start with `read_form`, `fields_of` and `containers_of`; `server.definitions.field_edits` changes what they find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from server.definitions.data_schema import schema_faults
from server.definitions.field_shapes import element_of
from server.definitions.form import Categorization, Logic
from server.definitions.reading import read_struct
from server.documents.canonical import fault_of
from server.documents.pointer import format_pointer, parse_pointer, resolve
from server.types import JsonValue

#: What a scope may be: a property, or a property of a property.
_SCOPE = re.compile(r"#(/properties/[^/]+)+")


class FormDocuments(msgspec.Struct, frozen=True, kw_only=True):
    """`data.schema.json`, `ui.json` and `logic.json` of one form."""

    schema: JsonValue
    layout: JsonValue
    logic: JsonValue


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
    """The documents when they have the shape of a form's, so that everything else here can rely on it."""
    if any(map(fault_of, (layout, logic))):
        return None
    if read_struct(layout, Categorization, "")[1] or read_struct(logic, Logic, "")[1]:
        return None
    if schema_faults(schema, "") or not all(_SCOPE.fullmatch(scope) for scope in _scopes(layout["elements"])):
        return None
    return FormDocuments(schema=schema, layout=layout, logic=logic)


def fields_of(form: FormDocuments) -> tuple[Located, ...]:
    """Every field of the layout that its schema knows, in reading order."""
    return tuple(
        found for found in controls_of(form) if isinstance(resolve(form.schema, format_pointer(found.schema_place)), dict)
    )


def field_of(form: FormDocuments, field_id: str) -> Located | None:
    """Where a field stands; nothing when the layout or the schema does not know it."""
    return next((found for found in fields_of(form) if found.field_id == field_id), None)


def containers_of(form: FormDocuments) -> tuple[Container, ...]:
    """Every layout element that can hold fields, in reading order."""
    return tuple(_containers(form.layout["elements"], ("elements",), ""))


def holders_of(form: FormDocuments) -> tuple[str, ...]:
    """Property paths under which a field can be added, ending in `.` or empty; rows as `group[].`."""
    return tuple(_holders(form.schema, ""))


def schema_of(form: FormDocuments, field: Located) -> dict[str, Any]:
    """The schema of a field."""
    found = resolve(form.schema, format_pointer(field.schema_place))
    assert isinstance(found, dict)
    return found


def holder_of(form: FormDocuments, field: Located) -> dict[str, Any]:
    """The object schema that a field is a member of."""
    found = resolve(form.schema, format_pointer(field.schema_place[:-2]))
    assert isinstance(found, dict)
    return found


def schema_place(group: str, names: Sequence[str]) -> tuple[str, ...]:
    """Segments in the data schema of a property path, inside the rows of a group or outside."""
    inner = tuple(part for name in names for part in ("properties", name))
    return (*(part for name in group.split(".") for part in ("properties", name)), "items", *inner) if group else inner


def controls_of(form: FormDocuments) -> Iterator[Located]:
    """Every control of the layout, in reading order, whether the schema knows its field or not."""
    for index, page in enumerate(form.layout["elements"]):
        for place, control, group in _controls(page["elements"], ("elements", index, "elements"), None):
            names = parse_pointer(control["scope"].removeprefix("#"))[1::2]
            upper = _id_of(group) if group is not None else ""
            yield Located(
                field_id=f"{upper}[].{'.'.join(names)}" if upper else ".".join(names),
                control=control,
                place=place,
                group=upper,
                schema_place=schema_place(upper, names),
                page=page["id"],
            )


def _scopes(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        if element["type"] == "Control":
            yield element["scope"]
        yield from _scopes(element.get("elements") or element.get("options", {}).get("detail") or [])


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
        if not isinstance(member, dict) or element_of(member)[0]:
            continue
        if member.get("type") == "object":
            yield from _holders(member, f"{prefix}{name}.")
        elif member.get("type") == "array" and "properties" in member.get("items", {}) and "[]" not in prefix:
            yield from _holders(member["items"], f"{prefix}{name}[].")


def _id_of(control: dict[str, Any]) -> str:
    return ".".join(parse_pointer(control["scope"].removeprefix("#"))[1::2])
