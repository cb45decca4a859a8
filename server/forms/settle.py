"""Relevance and computed values, carried to a fixpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from server.forms.compile import CompiledForm
from server.forms.data import FormData, group_pointer, row_pointers
from server.forms.kinds.kind import FormField
from server.rules.expressions import UNDEFINED
from server.rules.operators import WorkdayCalendar
from server.rules.variables import bind, path_of
from server.types import JsonValue

_ROW_OR_INDEX = re.compile("(?<=[^/])/(?:@[^/]*|[0-9]+)(?=/|$)")


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What rules may know besides the answers."""

    today: date
    calendar: WorkdayCalendar
    #: `parameters.<id>` to value.
    parameters: dict[str, int] = {}
    #: Further variables, such as the outcome an official has chosen.
    extra: dict[str, Any] = {}


class Place(NamedTuple):
    """One place a field stands in."""

    field: FormField
    #: Draft pointer of the place.
    pointer: str
    #: Draft pointer of its row, empty outside groups.
    row: str


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
    #: Every place of every field, in the order of the form.
    places: tuple[Place, ...] = ()


def settle(form: CompiledForm, data: FormData, context: Context) -> Settled:
    """The settled form: hidden answers stay in the data and are absent from the instance.

    A suggestion counts as the answer until a person gives another. Computed values replace whatever was posted for them.
    Each round carries a change one rule further, so there are as many as rules: rules that still move then contradict each
    other. They end with `stable` false; the publish check refuses them.
    """
    listed = tuple(places(form, data))
    computed = {place.pointer for place in listed if place.field.computed}
    posted = {pointer: value for pointer, value in data.values.items() if pointer not in computed}
    settled = msgspec.structs.replace(data, values=posted)
    hidden: frozenset[str] = frozenset()
    instance = _instance(form, listed, settled, hidden)
    for _ in range(len(form.logic) + 2):
        scope = _Scope(form, data, bindings_of(form, instance, context))
        before, hidden_before = settled, hidden
        hidden = _hidden(form, listed, scope)
        suggested = _suggested(data, scope)
        settled = msgspec.structs.replace(data, values={**posted, **suggested, **_computed(scope)})
        moved = _moved(listed, (before, hidden_before), (settled, hidden))
        instance = _instance(form, listed, settled, hidden) if moved else instance
        # Facts and rules follow from their inputs alone: where none of those moved, another round would yield the same.
        stable = not any(field.group or field.kind == "rows" or field.id in form.inputs for field in moved)
        if stable:
            scope.rebind(instance, moved)
            break
    required, options = _aspects(listed, scope, hidden)
    return Settled(
        data=settled,
        hidden=hidden,
        required=required,
        options=options,
        suggested=suggested,
        bindings=scope.bindings,
        instance=instance,
        stable=stable,
        places=listed,
    )


def bindings_of(form: CompiledForm, instance: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Variables of an instance with facts, parameters and extras, as rules see them."""
    known = {**bind(instance, form.variables), **context.parameters, **context.extra}
    return form.facts.evaluate(known, today=context.today, calendar=context.calendar)


def instance_of(form: CompiledForm, data: FormData, hidden: frozenset[str] = frozenset()) -> dict[str, JsonValue]:
    """The nested instance of the data without hidden fields; groups are lists in row order."""
    return _instance(form, places(form, data), data, hidden)


def places(form: CompiledForm, data: FormData) -> Iterator[Place]:
    """Every place of every field, in the order of the form: a field of a group stands in each row."""
    for field in form.fields.values():
        if not field.group:
            yield Place(field, field.rest, "")
            continue
        for row in row_pointers(data, group_pointer(field.group)):
            yield Place(field, row + field.rest, row)


def _instance(form: CompiledForm, listed: Iterable[Place], data: FormData, hidden: frozenset[str]) -> dict[str, JsonValue]:
    instance: dict[str, JsonValue] = {}
    #: Draft pointer of a row to its object; rows of hidden groups have none.
    objects: dict[str, dict[str, JsonValue]] = {"": instance}
    for field, pointer, row in listed:
        value = data.values.get(pointer)
        if field.kind == "rows" and pointer not in hidden:
            rows = row_pointers(data, pointer)
            objects.update((row, {}) for row in rows)
            value = [objects[row] for row in rows] or None
        if value is not None and pointer not in hidden and row in objects:
            _set(objects[row], field.path, value)
    for name in form.surroundings.materials:
        files = data.values.get(f"/materials/{name}")
        if files:
            instance.setdefault("materials", {})[name] = files
    return instance


class _Scope:
    """The bindings of one round, with those of every row that rules look at."""

    def __init__(self, form: CompiledForm, data: FormData, bindings: Mapping[str, Any]) -> None:
        self.form = form
        self.bindings = dict(bindings)
        ruled = {form.fields[name].group for name in form.logic}
        #: Group id to its rows by draft pointer, facts included.
        self._rows = {group: self._rows_of(data, group) for group in ruled if group}

    def _rows_of(self, data: FormData, group: str) -> dict[str, JsonValue]:
        pointers = row_pointers(data, group_pointer(group))
        found = self.bindings.get(group)
        rows = found if isinstance(found, list) and len(found) == len(pointers) else [{}] * len(pointers)
        return dict(zip(pointers, rows, strict=True))

    def rebind(self, instance: Mapping[str, Any], moved: Iterable[FormField]) -> None:
        """Takes over the values of fields outside groups that no fact depends on."""
        names = {name for field in moved for name in self.form.variables if f"{name}.".startswith(f"{field.id}.")}
        kept = {name: value for name, value in self.bindings.items() if name not in names}
        self.bindings = {**kept, **bind(instance, {name: self.form.variables[name] for name in names})}

    def evaluated(self, aspect: str) -> Iterator[tuple[str, Any]]:
        """Draft pointer and value of one aspect of every ruled field at each of its places."""
        for name, rules in self.form.logic.items():
            rule = getattr(rules, aspect)
            if rule is None:
                continue
            field = self.form.fields[name]
            if not field.group:
                yield field.rest, rule.evaluate(self.bindings)
                continue
            for pointer, row in self._rows[field.group].items():
                yield pointer + field.rest, rule.evaluate(self.bindings, row)


def _moved(
    listed: Iterable[Place], before: tuple[FormData, frozenset[str]], after: tuple[FormData, frozenset[str]]
) -> tuple[FormField, ...]:
    """The fields that another value, or none, was submitted for."""
    (old, hidden_then), (new, hidden_now) = before, after
    changed = {
        pointer
        for pointer in old.values.keys() | new.values.keys()
        if old.values.get(pointer) != new.values.get(pointer) or (pointer in hidden_then) != (pointer in hidden_now)
    }
    changed |= {pointer for pointer in hidden_then ^ hidden_now if pointer in new.rows}
    return tuple(place.field for place in listed if place.pointer in changed)


def _hidden(form: CompiledForm, listed: Iterable[Place], scope: _Scope) -> frozenset[str]:
    found = {pointer for pointer, value in scope.evaluated("relevant") if value is not True}
    outside = _outside_scope(form, scope.bindings)
    if outside:
        found |= {place.pointer for place in listed if place.field.id in outside}
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


def _computed(scope: _Scope) -> dict[str, JsonValue]:
    return {pointer: value for pointer, value in scope.evaluated("computed") if value is not UNDEFINED}


def field_id_of(pointer: str) -> str:
    """The field id of a draft or instance pointer: row keys and indices become `[]`."""
    return _ROW_OR_INDEX.sub("[]", pointer)[1:].replace("/", ".")


def _suggested(data: FormData, scope: _Scope) -> dict[str, JsonValue]:
    return {
        pointer: value
        for pointer, value in scope.evaluated("suggested")
        if value is not UNDEFINED and pointer not in data.values and pointer not in data.touched and pointer not in data.raw
    }


def _aspects(listed: Iterable[Place], scope: _Scope, hidden: frozenset[str]) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    required = {place.pointer for place in listed if place.field.required and not place.field.computed}
    required |= {pointer for pointer, value in scope.evaluated("required") if value is True}
    options = {pointer: tuple(value) for pointer, value in scope.evaluated("options") if isinstance(value, list)}
    return frozenset(pointer for pointer in required if not _is_hidden(pointer, hidden)), options


def _is_hidden(pointer: str, hidden: frozenset[str]) -> bool:
    return pointer in hidden or ("/@" in pointer and pointer.split("/@", 1)[0] in hidden)


def _set(instance: dict[str, JsonValue], path: str, value: JsonValue) -> None:
    *parents, last = path_of(path)
    for part in parents:
        instance = instance.setdefault(part, {})
    instance[last] = value
