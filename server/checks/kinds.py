"""Field kinds stand on schemas that can hold their values, and choices have something to choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from server.checks.labels import field_segments
from server.checks.layout import form_document
from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.kinds.kind import FormField
from server.types import JsonValue

Shape = Callable[[JsonValue], bool]


def _has_type(name: str) -> Shape:
    return lambda schema: schema.get("type") == name


def _has_members(**members: str) -> Shape:
    def holds(schema: JsonValue) -> bool:
        found = {name: member for name, member in schema.get("properties", {}).items() if isinstance(member, dict)}
        types = {name: "boolean" if found[name].get("const") is True else found[name].get("type") for name in found}
        return schema.get("type") == "object" and members.items() <= types.items()

    return holds


def _lists(kind: str) -> Shape:
    def holds(schema: JsonValue) -> bool:
        items = schema.get("items")
        return schema.get("type") == "array" and isinstance(items, dict) and items.get("type") == kind

    return holds


#: Field kind to what its schema must be, in words of JSON Schema and as a test.
SHAPES: dict[str, tuple[str, Shape]] = {
    "text": ("string", _has_type("string")),
    "long_text": ("string", _has_type("string")),
    "integer": ("integer", _has_type("integer")),
    "decimal": ("integer", _has_type("integer")),
    "money": ("integer", _has_type("integer")),
    "date": ("string", _has_type("string")),
    "resident_id": ("string", _has_type("string")),
    "disability_certificate": ("string", _has_type("string")),
    "phone": ("string", _has_type("string")),
    "bank_account": ("string", _has_type("string")),
    "choice": ("string", _has_type("string")),
    "search_choice": ("string", _has_type("string")),
    "choices": ("array of string", _lists("string")),
    "items": ("array of string", _lists("string")),
    "yes_no": ("boolean", _has_type("boolean")),
    "address": ("object {region: string, line: string}", _has_members(region="string", line="string")),
    "income": ("object {period: string, amount: integer}", _has_members(period="string", amount="integer")),
    "consent": ("object {agreed: boolean}", _has_members(agreed="boolean")),
    "photo": ("object", _has_type("object")),
    "attachment": ("array", _has_type("array")),
    "rows": ("array of object", _lists("object")),
}
#: Format of a control to the kinds that can be shown so.
_FORMATS: dict[str, tuple[str, ...]] = {
    "radio": ("choice", "yes_no"),
    "select": ("choice", "income"),
    "search": ("search_choice", "choices"),
    "checkboxes": ("choices", "items"),
}
_CHOICES = frozenset({"choice", "choices", "search_choice", "items"})


def check_kinds(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every field's schema fits its kind."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is None:
            continue
        document = form_document(service, form.definition, "data.schema.json")
        for field in form.fields.values():
            here = document.under(*field_segments(field.id))
            logic = form.logic.get(field.id)
            if field.schema.get("readOnly") and (logic is None or logic.computed is None):
                yield here.error("computed-without-rule", field=field.id)
            yield from _field_findings(field, here)


def _field_findings(field: FormField, here: Place) -> Iterator[Finding]:
    expected, fits = SHAPES[field.kind]
    if not fits(field.schema):
        yield here.error("kind-schema", field=field.id, kind=field.kind, expected=expected)
    elif field.kind in _CHOICES and not field.offered:
        yield here.error("nothing-to-choose", field=field.id)
    if field.kind == "items" and field.schema["items"].get("x-codelist", "items") != "items":
        yield here.under("items", "x-codelist").error("unknown-value", value=field.schema["items"]["x-codelist"], allowed="items")
    if field.options.format is not None and field.kind not in _FORMATS[field.options.format]:
        yield here.error("format-not-fitting", field=field.id, kind=field.kind, format=field.options.format)
    if field.kind == "rows" and not field.options.detail:
        yield here.error("rows-without-fields", field=field.id)
    elif field.kind != "rows" and field.options.detail is not None:
        yield here.error("fields-of-no-rows", field=field.id)
    wanted = field.options.row_label_field
    if field.kind == "rows" and wanted is not None and wanted not in field.schema["items"].get("properties", {}):
        yield here.error("unknown-row-label", field=wanted, group=field.id)
