"""Answers carried to another release of their form, so that publishing loses nothing of what people are filling in.

Where a field is of another kind now, its answer is read again as that kind. What was answered before is set aside: when the field
is again of the earlier kind, and nobody has answered it anew, the answer is exactly what it was.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import msgspec

from server.forms.compile import CompiledForm
from server.forms.data import FormData
from server.forms.kinds import KINDS
from server.forms.kinds.kind import ABSENT, FormField
from server.forms.settle import places
from server.types import JsonValue

#: Kinds whose answers are no texts that another kind could read.
_UNREADABLE = ("rows", "photo", "attachment")
_LISTS = ("choices", "items")
_LEAVES = tuple(dict.fromkeys(leaf for kind in KINDS.values() for leaf in kind.leaves))


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at one place: a value, texts beside it that could not be read, or nothing."""

    value: JsonValue = None
    raw: dict[str, str] = {}


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it was given, while its field is of another kind or gone."""

    #: How answers of its field are read, as `_reading` says.
    reading: str
    given: Answer
    #: The given answer as posted texts by leaf.
    texts: dict[str, tuple[str, ...]]
    #: What was made of it; as soon as something else stands there, somebody has answered anew.
    became: Answer


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The answers under the changed form, and what is set aside, by draft pointer."""

    data: FormData
    aside: dict[str, SetAside]


def carried(data: FormData, aside: Mapping[str, SetAside], before: CompiledForm, after: CompiledForm) -> Carried:
    """The answers under the changed form.

    Text that the new kind cannot read stays beside its input with an error. Answers of fields that are gone stay in the draft,
    too, and take effect again should the field come back.
    """
    values, raw, kept = dict(data.values), dict(data.raw), dict(aside)
    listed = _places(data, before, after)
    for pointer, (old, new) in listed.items():
        found = kept.pop(pointer, None)
        if found is None and old is not None and new is not None and reads_alike(old, new):
            continue
        now = _answer_at(data, pointer, listed.keys())
        if found is None or found.became != now:
            found = _set_aside(old, now)
        if found is None:
            continue
        becomes = found.given if new is None else _as_read_by(new, found)
        values.pop(pointer, None)
        for leaf in now.raw:
            raw.pop(pointer + leaf, None)
        if becomes.value is not None:
            values[pointer] = becomes.value
        raw.update({pointer + leaf: text for leaf, text in becomes.raw.items()})
        if new is None or _reading(new) != found.reading:
            kept[pointer] = msgspec.structs.replace(found, became=becomes)
    return Carried(data=msgspec.structs.replace(data, values=values, raw=raw), aside=kept)


def reads_alike(old: FormField, new: FormField) -> bool:
    """Whether answers of the one field can stand as they are in the other."""
    return _reading(old) == _reading(new)


def _places(data: FormData, before: CompiledForm, after: CompiledForm) -> dict[str, tuple[FormField | None, FormField | None]]:
    """Draft pointer of each place to the field that stood there and the one that stands there now."""
    older = {place.pointer: place.field for place in places(before, data)}
    newer = {place.pointer: place.field for place in places(after, data)}
    return {pointer: (older.get(pointer), newer.get(pointer)) for pointer in (*older, *(newer.keys() - older.keys()))}


def _answer_at(data: FormData, pointer: str, listed: Container[str]) -> Answer:
    leaves = (leaf for leaf in _LEAVES if not leaf or pointer + leaf not in listed)
    own = {leaf: data.raw[pointer + leaf] for leaf in leaves if pointer + leaf in data.raw}
    return Answer(value=data.values.get(pointer), raw=own)


def _set_aside(old: FormField | None, now: Answer) -> SetAside | None:
    """The answer of a field as it stands; nothing where there is none, or where nobody knows how it was read."""
    if old is None or (now.value is None and not now.raw):
        return None
    return SetAside(reading=_reading(old), given=now, texts=_texts(old, now), became=now)


def _texts(old: FormField, now: Answer) -> dict[str, tuple[str, ...]]:
    if old.kind in _UNREADABLE:
        return {}
    texts: dict[str, tuple[str, ...]] = {leaf: (text,) for leaf, text in now.raw.items()}
    if isinstance(now.value, list):
        return {"": tuple(code for code in now.value if isinstance(code, str)), **texts}
    if now.value is not None:
        texts = {leaf: (text,) for leaf, text in KINDS[old.kind].inputs(old, now.value).items()} | texts
    return texts


def _as_read_by(new: FormField, found: SetAside) -> Answer:
    if _reading(new) == found.reading:
        return found.given
    texts: Mapping[str, Sequence[str]] = found.texts
    # Of several codes a single input would silently keep one.
    several = new.kind not in _LISTS and any(len(each) > 1 for each in texts.values())
    if new.kind in _UNREADABLE or several or not texts:
        return Answer()
    parsed = KINDS[new.kind].parse(new, texts)
    return Answer(value=None if parsed.value is ABSENT else parsed.value, raw=dict(parsed.raw))


def _reading(field: FormField) -> str:
    """How answers of a field are read: two fields with the same take each other's answers as they are."""
    kind = "choices" if field.kind in _LISTS else "choice" if field.kind == "search_choice" else field.kind
    return f"{kind} {field.schema.get('type')} {KINDS[field.kind].scale(field)}"
