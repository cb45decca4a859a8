"""Answers carried to another release of their form, so that publishing loses nothing of what people are filling in."""

from __future__ import annotations

import msgspec

from server.forms.compile import CompiledForm
from server.forms.data import FormData
from server.forms.kinds import KINDS
from server.forms.kinds.kind import ABSENT, FormField
from server.forms.settle import places
from server.types import JsonValue

#: Kinds whose answers are no texts that another kind could read.
_UNREADABLE = ("rows", "photo", "attachment")


def carried(data: FormData, before: CompiledForm, after: CompiledForm) -> FormData:
    """The answers under the changed form: where a field's kind or type changed, its text is read again.

    Text that the new kind cannot read stays beside its input with an error. Answers of fields that are gone stay in the
    draft, too, and take effect again should the field come back.
    """
    values, raw = dict(data.values), dict(data.raw)
    for field, pointer, _ in places(after, data):
        old = before.fields.get(field.id)
        if old is None or pointer not in values or not _reads_differently(old, field):
            continue
        value, unread = _read_again(old, field, values.pop(pointer))
        raw.update({pointer + leaf: text for leaf, text in unread.items()})
        if value is not ABSENT:
            values[pointer] = value
    return msgspec.structs.replace(data, values=values, raw=raw)


def _reads_differently(old: FormField, new: FormField) -> bool:
    if old.kind in _UNREADABLE or new.kind in _UNREADABLE:
        return False
    return old.kind != new.kind or old.schema.get("type") != new.schema.get("type")


def _read_again(old: FormField, new: FormField, value: JsonValue) -> tuple[JsonValue, dict[str, str]]:
    texts = {leaf: (text,) for leaf, text in KINDS[old.kind].inputs(old, value).items()}
    parsed = KINDS[new.kind].parse(new, texts)
    return parsed.value, parsed.raw
