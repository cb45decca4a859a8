"""Answers as plain text, page by page: for checking, for officials and for print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from server.forms.compile import CompiledForm
from server.forms.data import group_pointer, row_pointers
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import Settled
from server.messages.forms import FORM_TEXTS


class SummaryRow(msgspec.Struct, frozen=True):
    """One answered field as plain text."""

    id: str
    pointer: str
    label: str
    text: str
    #: Files to show, for kinds that have them.
    files: tuple[Mapping[str, Any], ...] = ()


class SummaryGroup(msgspec.Struct, frozen=True):
    """The answers of one page or row."""

    title: str
    #: Page to change them on.
    page: str
    rows: tuple[SummaryRow, ...] = ()
    groups: tuple[SummaryGroup, ...] = ()


def summary(form: CompiledForm, settled: Settled, scope: frozenset[str] | None = None) -> tuple[SummaryGroup, ...]:
    """The relevant answers page by page, for checking, for officials and for print; `scope` limits the fields shown."""
    pages = []
    for page in form.pages:
        rows, groups = [], []
        for name in page.fields:
            field = form.fields[name]
            if field.group or (scope is not None and field.kind != "rows" and name not in scope):
                continue
            pointer = group_pointer(name)
            if pointer in settled.hidden:
                continue
            if field.kind == "rows":
                groups += _row_groups(form, settled, field, page.id, scope)
            else:
                rows += _summary_row(field, pointer, settled)
        if rows or groups:
            pages.append(SummaryGroup(page.label, page.id, tuple(rows), tuple(groups)))
    return tuple(pages)


def _row_groups(
    form: CompiledForm, settled: Settled, field: FormField, page: str, scope: frozenset[str] | None
) -> list[SummaryGroup]:
    groups = []
    members = [form.fields[name] for name in form.groups[field.id] if scope is None or name in scope]
    for number, row in enumerate(row_pointers(settled.data, group_pointer(field.id)), 1):
        rows = [
            entry
            for member in members
            if (row + member.rest) not in settled.hidden
            for entry in _summary_row(member, row + member.rest, settled)
        ]
        if rows:
            groups.append(SummaryGroup(f"{field.options.row_title or field.label} {number}", page, tuple(rows)))
    return groups


def _summary_row(field: FormField, pointer: str, settled: Settled) -> list[SummaryRow]:
    value = settled.data.values.get(pointer)
    if value is None:
        return [SummaryRow(field.id, pointer, field.label, FORM_TEXTS["unanswered"])] if pointer in settled.required else []
    files = tuple(value if isinstance(value, list) else [value]) if field.kind in ("photo", "attachment") else ()
    return [SummaryRow(field.id, pointer, field.label, KINDS[field.kind].show(field, value), files)]
