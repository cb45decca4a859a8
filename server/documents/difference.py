"""What differs between two documents or document sets, at the deepest place that still tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from server.documents.pointer import escape
from server.types import JsonValue


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place at which two versions differ."""

    #: Path of the document; empty when single values are compared.
    path: str = ""
    #: JSON Pointer inside it; empty for the whole document.
    pointer: str
    kind: Literal["added", "removed", "changed"]
    #: Absent (`null`) where the place was added.
    before: JsonValue = None
    #: Absent (`null`) where the place was removed.
    after: JsonValue = None


def differences(before: JsonValue, after: JsonValue, pointer: str = "") -> Iterator[Difference]:
    """Every difference of two values, in document order; lists whose members are equal but for their order count as changed."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in (*before, *(name for name in after if name not in before)):
            here = f"{pointer}/{escape(name)}"
            if name not in after:
                yield Difference(pointer=here, kind="removed", before=before[name])
            elif name not in before:
                yield Difference(pointer=here, kind="added", after=after[name])
            else:
                yield from differences(before[name], after[name], here)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{pointer}/{index}")
    elif before != after or type(before) is not type(after):
        yield Difference(pointer=pointer, kind="changed", before=before, after=after)


def document_differences(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> tuple[Difference, ...]:
    """Every difference of two document sets, by path."""
    found: list[Difference] = []
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            found.append(Difference(path=path, pointer="", kind="removed", before=before[path]))
        elif path not in before:
            found.append(Difference(path=path, pointer="", kind="added", after=after[path]))
        else:
            found += [
                Difference(path=path, pointer=one.pointer, kind=one.kind, before=one.before, after=one.after)
                for one in differences(before[path], after[path])
            ]
    return tuple(found)
