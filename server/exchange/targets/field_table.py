"""The application form as a table with one row for each field; `server.exchange.importers.field_table` reads it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from server.definitions.field_shapes import LISTED
from server.definitions.form import AnyElement, Control, Group, Label
from server.exchange.fidelity import Ledger
from server.exchange.importers.sources import Cell, Sheet
from server.exchange.targets.derived import Derived
from server.forms.compile import CompiledForm
from server.forms.kinds.kind import FormField
from server.messages import field_table as words
from server.releases import Release

_COLUMNS = tuple(words.HEADERS)
#: Keywords of a field that have a column, by kind of the field; those of its kind itself need none.
_TOLD = frozenset(
    ("type", "title", "description", "x-source", "x-element", "x-money", "x-codelist", "oneOf", "enum", "properties")
)
_LIMITS = {"text": ("minLength", "maxLength", "pattern"), "long_text": ("minLength", "maxLength")}
_NUMBERS = ("minimum", "maximum")


def field_table(release: Release) -> Derived:
    """The workbook `fields.xlsx`."""
    ledger = Ledger()
    form = release.form
    rows: list[tuple[Cell, ...]] = [tuple(words.HEADERS[column][0] for column in _COLUMNS)]
    for index, page in enumerate(form.definition.ui.elements):
        ledger.carry(f"ui.json#/elements/{index}", page.label)
        rows += _rows(form, page.elements, page.label, "", ledger)
    for name in form.definition.logic.facts:
        ledger.drop(f"logic.json#/facts/{name}", "no-column", name)
    for name in form.definition.logic.assertions:
        ledger.drop(f"logic.json#/assertions/{name}", "no-column", name)
    return Derived(files={}, sheets={"fields.xlsx": (Sheet(name=words.SHEET, rows=tuple(rows)),)}, notes=ledger.notes())


def _rows(
    form: CompiledForm, elements: tuple[AnyElement, ...], page: str, group: str, ledger: Ledger, inside: str = ""
) -> Iterator[tuple[Cell, ...]]:
    for element in elements:
        if isinstance(element, Group):
            yield from _rows(form, element.elements, page, element.label or group, ledger, inside)
        elif isinstance(element, Label):
            cells: dict[str, Cell] = {"section": page, "group": group, "label": element.text, "kind": words.KINDS["note"][0]}
            yield _cells(cells)
        elif isinstance(element, Control):
            path = ".".join(element.scope.removeprefix("#/properties/").split("/properties/"))
            field = form.fields.get(f"{inside}[].{path}" if inside else path)
            if field is not None:
                yield _cells({"section": page, "group": group, **_field(form, field, ledger)})
                yield from _rows(form, element.options.detail or (), page, group, ledger, field.id)


def _field(form: CompiledForm, field: FormField, ledger: Ledger) -> dict[str, Cell]:
    known = field.kind in words.KINDS
    schema, place = field.schema, f"data.schema.json#{field.id}"
    rules = form.definition.logic.fields.get(field.id)
    if known:
        ledger.carry(place, field.label)
    else:
        ledger.approximate(place, "kind-without-word", field.label, kind=field.kind)
    for keyword in schema:
        if keyword not in _TOLD and keyword not in (*_LIMITS.get(field.kind, ()), *_NUMBERS, "items", "required"):
            ledger.drop(f"{place}/{keyword}", "no-column", keyword)
    if rules is not None and rules.options:
        ledger.drop(f"logic.json#/fields/{field.id}/options", "no-column", field.label)
    return {
        "name": field.id,
        "label": field.label,
        "kind": words.KINDS[field.kind if known else "text"][0],
        "required": words.YES[0] if field.required else None,
        "options": "\n".join(_option(option.code, option.title) for option in field.offered) if field.kind in LISTED else None,
        "hint": field.hint or None,
        "length": _length(schema) if field.kind in _LIMITS else None,
        "least": _number(field, schema.get("minimum")),
        "most": _number(field, schema.get("maximum")),
        "unit": str(field.settings["unit"]) if field.kind == "integer" and field.settings.get("unit") else None,
        "pattern": schema.get("pattern") if field.kind == "text" else None,
        "source": schema.get("x-source"),
        "relevant": rules.relevant if rules is not None else None,
        "needed": rules.required if rules is not None else None,
        "computed": rules.computed if rules is not None else None,
        "suggested": rules.suggested if rules is not None else None,
    }


def _cells(values: dict[str, Cell]) -> tuple[Cell, ...]:
    # A group ends where this mark stands; an empty cell would be the rest of a merged one.
    values = {**values, "group": values.get("group") or words.NO_GROUP}
    return tuple(values.get(column) for column in _COLUMNS)


def _option(code: str, title: str) -> str:
    return code if code == title else f"{code}{words.CODE_MARKS[0]}{title}"


def _length(schema: dict[str, Any]) -> Cell:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if most is None:
        return None
    return f"{least}-{most}" if least else most


def _number(field: FormField, value: Any) -> Cell:
    if not isinstance(value, int):
        return None
    return value / 100 if field.kind in ("money", "decimal") else value
