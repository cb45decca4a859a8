"""Relevance and computed values, carried to a fixpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from server.forms.compile import CompiledForm
from server.forms.data import FormData, group_pointer, row_pointers
from server.forms.kinds.kind import FormField
from server.rules.expressions import UNDEFINED
from server.rules.facts import WorkdayCalendar, row_bindings
from server.rules.variables import bind
from server.types import JsonValue

MAX_ROUNDS = 12


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What rules may know besides the answers."""

    today: date
    calendar: WorkdayCalendar
    #: `parameters.<id>` to value.
    parameters: dict[str, int] = {}
    #: Further variables, such as the outcome an official has chosen.
    extra: dict[str, Any] = {}


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A form's answers with everything the rules make of them."""

    data: FormData
    #: Draft pointers of fields that are not relevant now.
    hidden: frozenset[str]
    #: Draft pointers of relevant fields that must be answered.
    required: frozenset[str]
    #: Draft pointer to the codes a rule offers.
    options: dict[str, tuple[str, ...]]
    #: Draft pointer to the value a rule suggests for a field nobody has answered; the data and the instance include it.
    suggested: dict[str, JsonValue]
    #: Variables, facts and parameters as rules see them.
    bindings: dict[str, Any]
    #: The submission: relevant answers, computed values included.
    instance: dict[str, JsonValue]
    #: Whether the fixpoint was reached.
    stable: bool


def settle(form: CompiledForm, data: FormData, context: Context) -> Settled:
    """The settled form: hidden answers stay in the data and are absent from the instance.

    A suggestion counts as the answer until a person gives another. Computed values replace whatever was posted for them.
    Rules that keep contradicting each other end after `MAX_ROUNDS` with `stable` false; the publish check refuses such rules.
    """
    posted = {pointer: value for pointer, value in data.values.items() if not _is_computed(form, pointer)}
    settled = msgspec.structs.replace(data, values=posted)
    hidden: frozenset[str] = frozenset()
    filled: dict[str, JsonValue] = {}
    suggested: dict[str, JsonValue] = {}
    stable = False
    bindings: dict[str, Any] = {}
    instance: dict[str, JsonValue] = {}
    for _ in range(MAX_ROUNDS):
        instance = instance_of(form, settled, hidden)
        bindings = bindings_of(form, instance, context)
        now_hidden = _hidden(form, settled, bindings)
        suggested = _suggested(form, data, bindings)
        now_filled = {**suggested, **_computed(form, settled, bindings)}
        if now_hidden == hidden and now_filled == filled:
            stable = True
            break
        hidden, filled = now_hidden, now_filled
        settled = msgspec.structs.replace(data, values={**posted, **filled})
    required, options = _aspects(form, settled, bindings, hidden)
    return Settled(
        data=settled,
        hidden=hidden,
        required=required,
        options=options,
        suggested=suggested,
        bindings=bindings,
        instance=instance,
        stable=stable,
    )


def bindings_of(form: CompiledForm, instance: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Variables of an instance with facts, parameters and extras, as rules see them."""
    known = {**bind(instance, form.variables), **context.parameters, **context.extra}
    return form.facts.evaluate(known, today=context.today, calendar=context.calendar)


def instance_of(form: CompiledForm, data: FormData, hidden: frozenset[str] = frozenset()) -> dict[str, JsonValue]:
    """The nested instance of the data without hidden fields; groups are lists in row order."""
    instance: dict[str, JsonValue] = {}
    for field, pointer, row in places(form, data):
        if pointer in hidden or (row and group_pointer(field.group) in hidden):
            continue
        if field.kind == "rows":
            if not row:
                _set(instance, field.path, [{} for _ in data.rows.get(pointer, ())])
            continue
        value = data.values.get(pointer)
        if value is None:
            continue
        if row:
            group = _get(instance, field.group)
            keys = data.rows[group_pointer(field.group)]
            _set(group[keys.index(row.rsplit("/@", 1)[1])], field.path, value)
        else:
            _set(instance, field.path, value)
    for name in form.surroundings.materials:
        files = data.values.get(f"/materials/{name}")
        if files:
            instance.setdefault("materials", {})[name] = files
    return _without_empty_groups(form, instance)


def places(form: CompiledForm, data: FormData) -> Iterator[tuple[FormField, str, str]]:
    """Every field with the draft pointer of each place it stands in and the draft pointer of its row."""
    for field in form.fields.values():
        if not field.group:
            yield field, group_pointer(field.id), ""
            continue
        for row in row_pointers(data, group_pointer(field.group)):
            yield field, row + field.rest, row


def _without_empty_groups(form: CompiledForm, instance: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for group in form.groups:
        if _get(instance, group) == []:
            parent, _, name = group.rpartition(".")
            holder = _get(instance, parent) if parent else instance
            del holder[name]
    return {name: value for name, value in instance.items() if value != {}}


def _row_bindings(data: FormData, bindings: Mapping[str, Any], group: str) -> dict[str, dict[str, Any]]:
    """Draft pointer of every row to the bindings its rules see."""
    rows = row_pointers(data, group_pointer(group))
    listed = bindings.get(group)
    members = listed if isinstance(listed, list) and len(listed) == len(rows) else [{}] * len(rows)
    return {row: {**bindings, **row_bindings(member)} for row, member in zip(rows, members, strict=True)}


def _scopes(form: CompiledForm, data: FormData, bindings: Mapping[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Group id to the bindings of its rows, for the groups whose members have rules."""
    ruled = {form.fields[name].group for name in form.logic if form.fields[name].group}
    return {group: _row_bindings(data, bindings, group) for group in ruled}


def _evaluated(
    form: CompiledForm, data: FormData, bindings: Mapping[str, Any], aspect: str
) -> Iterator[tuple[FormField, str, Any]]:
    """The value of one aspect of every ruled field at each of its places."""
    scopes = _scopes(form, data, bindings)
    for name, rules in form.logic.items():
        rule = getattr(rules, aspect)
        if rule is None:
            continue
        field = form.fields[name]
        if not field.group:
            yield field, group_pointer(name), rule.evaluate(bindings)
            continue
        for row, scope in scopes[field.group].items():
            yield field, row + field.rest, rule.evaluate(scope)


def _hidden(form: CompiledForm, data: FormData, bindings: Mapping[str, Any]) -> frozenset[str]:
    found = {pointer for _, pointer, value in _evaluated(form, data, bindings, "relevant") if value is not True}
    outside = _outside_scope(form, bindings)
    if outside:
        found |= {pointer for field, pointer, _ in places(form, data) if field.id in outside}
    return frozenset(found)


def _outside_scope(form: CompiledForm, bindings: Mapping[str, Any]) -> frozenset[str]:
    """Fields that only items not applied for would need; none while nothing is chosen.

    A field no item names belongs to the form itself; a group is needed when one of its members is.
    """
    scopes = form.surroundings.scopes
    chosen = bindings.get(form.surroundings.items_field)
    if not scopes or not isinstance(chosen, list) or not any(item in scopes for item in chosen):
        return frozenset()
    named = frozenset().union(*scopes.values())
    needed = frozenset().union(*(scopes[item] for item in chosen if item in scopes))
    unneeded = {name for name in form.fields if name in named and name not in needed and name not in form.groups}
    groups = {group for group, members in form.groups.items() if members and all(member in unneeded for member in members)}
    return frozenset(unneeded | groups)


def _computed(form: CompiledForm, data: FormData, bindings: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {pointer: value for _, pointer, value in _evaluated(form, data, bindings, "computed") if value is not UNDEFINED}


def _is_computed(form: CompiledForm, pointer: str) -> bool:
    field = form.fields.get(field_id_of(pointer))
    return field is not None and field.computed


def field_id_of(pointer: str) -> str:
    """The field id of a draft or instance pointer: row keys and indices become `[]`."""
    parts: list[str] = []
    for part in pointer.split("/")[1:]:
        if (part.startswith("@") or part.isdigit()) and parts:
            parts[-1] += "[]"
        else:
            parts.append(part)
    return ".".join(parts)


def _suggested(form: CompiledForm, data: FormData, bindings: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {
        pointer: value
        for _, pointer, value in _evaluated(form, data, bindings, "suggested")
        if value is not UNDEFINED and pointer not in data.values and pointer not in data.touched and pointer not in data.raw
    }


def _aspects(
    form: CompiledForm, data: FormData, bindings: Mapping[str, Any], hidden: frozenset[str]
) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    required = {p for field, p, _ in places(form, data) if field.required and not field.computed}
    required |= {pointer for _, pointer, value in _evaluated(form, data, bindings, "required") if value is True}
    options = {p: tuple(value) for _, p, value in _evaluated(form, data, bindings, "options") if isinstance(value, list)}
    return frozenset(pointer for pointer in required if not _is_hidden(pointer, hidden)), options


def _is_hidden(pointer: str, hidden: frozenset[str]) -> bool:
    return pointer in hidden or ("/@" in pointer and pointer.split("/@", 1)[0] in hidden)


def _get(instance: Any, path: str) -> Any:
    for part in path.split("."):
        instance = instance.get(part) if isinstance(instance, dict) else None
    return instance


def _set(instance: dict[str, JsonValue], path: str, value: JsonValue) -> None:
    *parents, last = path.split(".")
    for part in parents:
        instance = instance.setdefault(part, {})
    instance[last] = value
