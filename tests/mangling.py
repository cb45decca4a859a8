"""Documents with a mistake somewhere: a place taken away, replaced, renamed, doubled or moved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

#: Values that meet a type, a range or a name somewhere that nobody thought of.
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -5, 2**53 - 1, 2**70, 1.5, float("nan"), "", "x", "true", "in", "a b", "#", "/", "~2", "*", "data:",
    "#/properties/applicant", "1 +", "size(", "row.x", "2025-02-30", "\ud800", "0" * 5000, [], {}, [[]], [None], ["a"], {"": 1},
    {"a": {}}, {"type": "object"}, {"kind": "end"}, {"$ref": "#/properties/applicant"},
)  # fmt: skip

Step = str | int
Place = tuple[Step, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place inside a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*above, step)
        yield from places(member, (*above, step))


def at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def mangle(data: st.DataObject, document: Any) -> Any:
    """The document with one place taken away, replaced, renamed or doubled."""
    document = copy.deepcopy(document)
    known = list(places(document))
    if not known:
        return data.draw(st.sampled_from(ODD_VALUES))
    *above, last = data.draw(st.sampled_from(known))
    holder = at(document, tuple(above))
    match data.draw(st.sampled_from(("take", "replace", "rename", "double", "move"))):
        case "take":
            del holder[last]
        case "replace":
            holder[last] = copy.deepcopy(data.draw(st.sampled_from(ODD_VALUES)))
        case "rename" if isinstance(holder, dict):
            holder[data.draw(st.sampled_from((f"{last}x", "", "in", "a.b", "a[].b", str(last)[1:])))] = holder.pop(last)
        case "move":
            holder[last] = copy.deepcopy(at(document, data.draw(st.sampled_from(known))))
        case _ if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        case _:
            holder[f"{last}_again"] = copy.deepcopy(holder[last])
    return document
