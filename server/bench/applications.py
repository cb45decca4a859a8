"""Filled applications that differ from each other, made from the examples of a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import msgspec
from stdnum.cn import ric

from server.definitions.bundle import Example
from server.definitions.service import Service
from server.forms.compile import CompiledForm
from server.forms.data import FormData, from_instance
from server.forms.decode import PRESENT, ROWS
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import places
from server.types import JsonValue

#: Kinds whose texts may end in any letter or figure.
_FREE_TEXT = ("text", "long_text")
_ID_NUMBER = 18
_SEQUENCES = 1000


def fullest_example(service: Service) -> Example:
    """The valid example with the most answers; ends the program when the service has none."""
    return max(_valid(service), key=_answers)


def plainest_example(service: Service) -> Example:
    """Of the valid examples for the fewest items, the one with the most answers."""
    place = service.bundle.items_field.split(".")
    return max(_valid(service), key=lambda example: (-len(_at(example.answers, place)), _answers(example)))


def varied(form: CompiledForm, instance: JsonValue, serial: int) -> JsonValue:
    """The instance with other people's numbers and other addresses and remarks; as valid as before."""
    numbers = {number: _other_person(number, serial) for number in _id_numbers(form, instance)}

    def other(text: str) -> str:
        return numbers.get(text[:_ID_NUMBER], text[:_ID_NUMBER]) + text[_ID_NUMBER:]

    changed = _mapped(instance, other)
    for field, holder, name in _places(form, changed):
        if field.kind == "long_text" and isinstance(holder.get(name), str):
            holder[name] = _ended(holder[name], serial, field.schema.get("maxLength"))
        elif field.kind == "address" and isinstance(holder.get(name), dict):
            holder[name] = {**holder[name], "line": _ended(holder[name].get("line", ""), serial, 200)}
        elif field.kind == "phone" and isinstance(holder.get(name), str):
            holder[name] = f"{holder[name][:-8]}{(int(holder[name][-8:]) + serial) % 10**8:08}"
    return changed


def spoilt(form: CompiledForm, instance: JsonValue) -> JsonValue:
    """The instance with about every eighth answer wrong for its schema: too long, of another type, or no code of the list."""
    changed = msgspec.json.decode(msgspec.json.encode(instance))
    for index, (field, holder, name) in enumerate(_places(form, changed)):
        if index % 8 or name not in holder:
            continue
        if field.codes and isinstance(holder[name], str):
            holder[name] = "~"
        elif isinstance(holder[name], str):
            holder[name] = "x" * (field.schema.get("maxLength", 0) + 1)
        elif field.kind in ("integer", "money", "decimal"):
            holder[name] = -1
        else:
            holder[name] = str(holder[name])[:20]
    return changed


def draft_of(form: CompiledForm, instance: JsonValue) -> FormData:
    """The instance as a draft, row keys included."""
    keys = (f"k{number:04}" for number in count(1))
    data = from_instance(instance, ((field.group, field.path) for field in form.fields.values()), keys)
    files = {f"/materials/{name}": files for name, files in instance.get("materials", {}).items()}
    return msgspec.structs.replace(data, values={**data.values, **files})


def begun(form: CompiledForm, data: FormData) -> FormData:
    """The draft as it is when its rows have been added and its files uploaded, and nothing else has been done."""
    typed = {pointer for field, pointer, _ in places(form, data) if KINDS[field.kind].leaves or field.kind == "rows"}
    uploaded = {pointer: value for pointer, value in data.values.items() if pointer not in typed}
    return FormData(values=uploaded, rows=data.rows)


def mistyped(form: CompiledForm, data: FormData) -> FormData:
    """The draft with about every eighth typed answer replaced by text that its field refuses."""
    values, raw = dict(data.values), dict[str, str]()
    for index, (field, pointer, _) in enumerate(places(form, data)):
        if index % 8 or field.computed or pointer not in values:
            continue
        if field.kind in ("integer", "money", "decimal", "date"):
            raw[pointer] = "?"
            del values[pointer]
        elif field.kind in ("resident_id", "phone", "bank_account"):
            values[pointer] = f"{str(values[pointer])[:-1]}?"
        elif field.kind in (*_FREE_TEXT, "choice", "yes_no"):
            del values[pointer]
    return msgspec.structs.replace(data, values=values, raw=raw)


def posted_fields(form: CompiledForm, data: FormData, page: str) -> tuple[tuple[str, str], ...]:
    """What a browser posts for one page of the draft: names and texts in the order of the page."""
    fields: list[tuple[str, str]] = []
    for field, pointer, _ in places(form, data):
        if field.page != page or field.computed:
            continue
        if field.kind == "rows":
            fields += [(pointer + ROWS, key) for key in data.rows.get(pointer, ())]
            continue
        value = data.values.get(pointer)
        if isinstance(value, list):
            fields += [(pointer + PRESENT, "1"), *((pointer, str(code)) for code in value)]
        elif value is not None and KINDS[field.kind].leaves:
            fields += [(pointer + leaf, text) for leaf, text in KINDS[field.kind].inputs(field, value).items()]
    return tuple(fields)


def flat_fields(instance: JsonValue, pointer: str = "") -> tuple[tuple[str, str], ...]:
    """Every leaf of an instance as a name and a text: what a form would post that follows the schema and nothing else."""
    if isinstance(instance, dict):
        return tuple(leaf for name, member in instance.items() for leaf in flat_fields(member, f"{pointer}/{name}"))
    if isinstance(instance, list):
        scalars = not any(isinstance(member, dict | list) for member in instance)
        places = (pointer if scalars else f"{pointer}/{index}" for index in range(len(instance)))
        return tuple(leaf for place, member in zip(places, instance, strict=True) for leaf in flat_fields(member, place))
    return ((pointer, str(instance).lower() if isinstance(instance, bool) else str(instance)),)


def _valid(service: Service) -> list[Example]:
    valid = [example for _, example in sorted(service.examples.items()) if not example.problems]
    if not valid:
        raise SystemExit(f"bench: {service.id} has no valid example")
    return valid


def _answers(example: Example) -> int:
    return sum(1 for _ in _leaves(example.answers))


def _leaves(value: JsonValue) -> Iterable[Any]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def _mapped(value: JsonValue, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(member, change) for name, member in value.items()}
    if isinstance(value, list):
        return [_mapped(member, change) for member in value]
    return change(value) if isinstance(value, str) else value


def _places(form: CompiledForm, instance: JsonValue) -> Iterable[tuple[FormField, dict[str, Any], str]]:
    """Every field with the object that holds its answer and its name there."""
    for field in form.fields.values():
        if field.kind == "rows" or field.computed:
            continue
        holders = [instance]
        if field.group:
            listed = _at(instance, field.group.split("."))
            holders = listed if isinstance(listed, list) else []
        *parents, name = field.path.split(".")
        for holder in holders:
            found = _at(holder, parents)
            if isinstance(found, dict):
                yield field, found, name


def _at(value: JsonValue, path: Iterable[str]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _id_numbers(form: CompiledForm, instance: JsonValue) -> set[str]:
    kinds = ("resident_id", "disability_certificate")
    found = (holder.get(name) for field, holder, name in _places(form, instance) if field.kind in kinds)
    return {text[:_ID_NUMBER] for text in found if isinstance(text, str) and ric.is_valid(text[:_ID_NUMBER])}


def _other_person(number: str, serial: int) -> str:
    """A number of the same region, birthday and sex."""
    sequence = (int(number[14:17]) + 2 * serial) % _SEQUENCES
    head = f"{number[:14]}{sequence:03}"
    return head + ric.calc_check_digit(f"{head}0")


def _ended(text: str, serial: int, longest: int | None) -> str:
    ending = f" {serial}"
    return text[: (longest or 10**6) - len(ending)] + ending
