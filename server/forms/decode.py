"""Posted names and texts turned into answers; only what the page really asks is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from server.findings import Problem
from server.forms.compile import CompiledForm
from server.forms.data import FormData, group_pointer, row_pointers
from server.forms.kinds import KINDS
from server.forms.kinds.kind import ABSENT, FormField

#: Suffix of the hidden input that says an input group was on the page although nothing of it was posted.
PRESENT = "/~present"
#: Suffix of the hidden inputs that carry the row keys of a group in their order.
ROWS = "/~rows"

#: Rows that a group without a limit of its own can have.
_MOST_ROWS = 100

INTENTS = ("next", "save", "refresh", "back", "add", "remove", "move_up", "move_down", "remove_file")


class Intent(msgspec.Struct, frozen=True):
    """What the pressed button asks for."""

    kind: str = "next"
    #: Draft pointer of the group, row or file meant.
    target: str = ""


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """The answers after a post."""

    data: FormData
    intent: Intent
    #: Names that the page does not ask for, computed ones included.
    ignored: tuple[str, ...]
    #: Why the pressed button did nothing.
    problems: tuple[Problem, ...] = ()


def decode(
    form: CompiledForm,
    data: FormData,
    fields: Sequence[tuple[str, str]],
    *,
    page: str,
    new_keys: Iterator[str],
    suggested: Mapping[str, Any] | None = None,
) -> Decoded:
    """The data with the page's posted answers in it.

    A posted text equal to the current suggestion stays a suggestion. Unknown row keys, names of other pages and of
    computed fields are ignored. An intent to add, remove or move a row is carried out here.
    """
    posted: dict[str, list[str]] = {}
    for name, value in fields:
        posted.setdefault(name, []).append(value)
    intent = _intent(posted.get("intent", [""])[-1])
    asked = form.page(page)
    names = asked.fields if asked is not None else ()
    data = _with_row_order(form, data, posted, names)
    values, raw, touched = dict(data.values), dict(data.raw), set(data.touched)
    used: set[str] = set()
    for name in names:
        field = form.fields[name]
        if field.kind == "rows":
            used.add(group_pointer(name) + ROWS)
            continue
        for pointer in _pointers(field, data):
            _take(field, pointer, posted, values, raw, touched, used, suggested or {})
    decoded = _moved(form, FormData(values=values, rows=data.rows, raw=raw, touched=frozenset(touched)), intent, names, new_keys)
    ignored = tuple(name for name in posted if name.startswith("/") and name not in used)
    full = intent.kind == "add" and decoded.rows == data.rows
    return Decoded(data=decoded, intent=intent, ignored=ignored, problems=_full(form, names, intent) if full else ())


def forget_row(data: FormData, row: str) -> FormData:
    """The data without one row and everything in it."""
    group, _, key = row.rpartition("/@")

    def outside(pointer: str) -> bool:
        return not pointer.startswith(row + "/")

    return FormData(
        values={pointer: value for pointer, value in data.values.items() if outside(pointer)},
        raw={pointer: text for pointer, text in data.raw.items() if outside(pointer)},
        rows={p: tuple(k for k in keys if not (p == group and k == key)) for p, keys in data.rows.items() if outside(p)},
        touched=frozenset(pointer for pointer in data.touched if outside(pointer)),
    )


def _intent(text: str) -> Intent:
    kind, _, target = text.partition(":")
    return Intent(kind, target) if kind in INTENTS else Intent()


def _pointers(field: FormField, data: FormData) -> tuple[str, ...]:
    if not field.group:
        return (group_pointer(field.id),)
    return tuple(row + field.rest for row in row_pointers(data, group_pointer(field.group)))


def _with_row_order(form: CompiledForm, data: FormData, posted: Mapping[str, Sequence[str]], names: Sequence[str]) -> FormData:
    rows = dict(data.rows)
    for name in names:
        pointer = group_pointer(name)
        keys = posted.get(pointer + ROWS)
        if form.fields[name].kind == "rows" and keys is not None:
            known = rows.get(pointer, ())
            ordered = tuple(dict.fromkeys(key for key in keys if key in known))
            rows[pointer] = (*ordered, *(key for key in known if key not in ordered))
    return msgspec.structs.replace(data, rows=rows)


def _take(
    field: FormField,
    pointer: str,
    posted: Mapping[str, list[str]],
    values: dict[str, Any],
    raw: dict[str, str],
    touched: set[str],
    used: set[str],
    suggested: Mapping[str, Any],
) -> None:
    kind = KINDS[field.kind]
    if field.computed or not kind.leaves:
        return
    mine: dict[str, list[str]] = {}
    for leaf in kind.leaves:
        name = pointer + leaf
        if name in posted:
            mine[leaf] = posted[name]
            used.add(name)
    if pointer + PRESENT in posted:
        used.add(pointer + PRESENT)
    elif not mine:
        return
    parsed = kind.parse(field, mine)
    for leaf in kind.leaves if raw else ():
        raw.pop(pointer + leaf, None)
    if pointer in suggested and pointer not in touched and parsed.value == suggested[pointer] and not parsed.raw:
        return
    raw.update({pointer + leaf: text for leaf, text in parsed.raw.items()})
    before = values.get(pointer)
    if parsed.value is ABSENT:
        values.pop(pointer, None)
    else:
        values[pointer] = parsed.value
    if parsed.value is not ABSENT or before is not None or pointer in suggested or parsed.raw:
        touched.add(pointer)


def _most_rows(group: FormField) -> int:
    return int(group.schema.get("maxItems", _MOST_ROWS))


def _full(form: CompiledForm, names: Sequence[str], intent: Intent) -> tuple[Problem, ...]:
    """A problem at the group of the page to which no row could be added."""
    groups = [form.fields[name] for name in names if group_pointer(name) == intent.target and form.fields[name].kind == "rows"]
    return tuple(
        Problem(pointer=intent.target, code="rows-full", params={"label": group.label, "limit": _most_rows(group)})
        for group in groups
    )


def _moved(form: CompiledForm, data: FormData, intent: Intent, names: Sequence[str], new_keys: Iterator[str]) -> FormData:
    groups = {group_pointer(name): form.fields[name] for name in names if form.fields[name].kind == "rows"}
    if intent.kind == "add" and intent.target in groups:
        keys = data.rows.get(intent.target, ())
        if len(keys) >= _most_rows(groups[intent.target]):
            return data
        key = next(key for key in new_keys if key not in keys)
        return msgspec.structs.replace(data, rows={**data.rows, intent.target: (*keys, key)})
    group, mark, key = intent.target.rpartition("/@")
    keys = data.rows.get(group, ())
    if not mark or group not in groups or key not in keys:
        return data
    if intent.kind == "remove":
        return forget_row(data, intent.target)
    step = {"move_up": -1, "move_down": 1}.get(intent.kind, 0)
    place = keys.index(key)
    if not step or not 0 <= place + step < len(keys):
        return data
    order = list(keys)
    order[place], order[place + step] = order[place + step], order[place]
    return msgspec.structs.replace(data, rows={**data.rows, group: tuple(order)})
