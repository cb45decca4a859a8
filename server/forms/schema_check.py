"""What the data schema alone says about an instance: every error as a problem with its label and limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.documents.pointer import escape, format_pointer
from server.findings import Param, Problem
from server.forms.compile import CompiledForm
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField, show_scaled
from server.forms.settle import field_id_of
from server.messages.forms import PART_OF

#: Keywords whose limit is an amount.
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_MATERIALS = "materials."


def schema_problems(form: CompiledForm, instance: Mapping[str, Any]) -> Iterator[Problem]:
    """Every error of an instance; pointers are instance pointers, each unknown member is a problem of its own."""
    if form.validator.is_valid(instance):
        return
    for error in form.validator.iter_errors(instance):
        pointer = format_pointer(error.instance_path)
        place = tuple(error.schema_path)
        if place[-1] == "additionalProperties":
            for name in error.kind.unexpected:
                yield Problem(pointer=f"{pointer}/{escape(name)}", code="unknown-field", params={"field": name})
            continue
        said = form.said.get(place)
        if said is None:
            said = form.said[place] = _said(form, pointer, error.kind)
        yield Problem(pointer=pointer, code=said[0], params=said[1])


def field_of(form: CompiledForm, field_id: str) -> FormField | None:
    """The field with this id or the nearest above it."""
    while field_id:
        if field_id in form.fields:
            return form.fields[field_id]
        field_id = field_id.removesuffix("[]") if field_id.endswith("[]") else field_id.rpartition(".")[0]
    return None


def part_title(field: FormField, part: str) -> str:
    """What a member of a composite field is called."""
    return str(field.schema.get("properties", {}).get(part, {}).get("title", part))


def _said(form: CompiledForm, pointer: str, kind: Any) -> tuple[str, dict[str, Param]]:
    """Code and parameters of an error, which follow from its place in the schema."""
    field_id = field_id_of(pointer)
    field = field_of(form, field_id)
    params: dict[str, Param] = {"label": _label(form, field, field_id)}
    limit = getattr(kind, "limit", None)
    if isinstance(limit, int) and field is not None and kind.name in _BOUNDS:
        params["limit"] = _amount(field, limit)
    elif limit is not None:
        params["limit"] = limit if isinstance(limit, int) else str(limit)
    return f"schema-{kind.name}", params


def _label(form: CompiledForm, field: FormField | None, field_id: str) -> str:
    if field is None:
        material = field_id.removeprefix(_MATERIALS).partition(".")[0].removesuffix("[]")
        listed = form.surroundings.codelists.get("materials")
        return listed.codes[material].title if listed is not None and material in listed.codes else field_id
    part = field_id.removeprefix(f"{field.id}.")
    below = part != field_id and "." not in part and "" not in KINDS[field.kind].leaves
    return PART_OF.format(label=field.label, part=part_title(field, part)) if below else field.label


def _amount(field: FormField, limit: int) -> str:
    whole, point, fraction = show_scaled(limit, KINDS[field.kind].scale(field), grouping=True).partition(".")
    return f"{whole}{point}{fraction}" if fraction.strip("0") else whole
