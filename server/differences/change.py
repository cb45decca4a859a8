"""One difference in words, with everything it stands for."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.types import JsonValue


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place in one of the documents."""

    path: str
    #: JSON Pointer into the later document, into the earlier one for what is no longer there.
    pointer: str


class SemanticChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two sets of documents."""

    path: str
    #: JSON Pointer into the later document, into the earlier one for what was removed.
    pointer: str
    kind: Literal["added", "removed", "changed", "moved"]
    #: What changed: `field`, `promised_limit`, `step` … as `server.messages.difference_terms` names it.
    topic: str
    zh: str
    en: str
    importance: Literal["major", "minor"]
    #: Absent (`null`) where it was added; what it followed before for one that moved.
    before: JsonValue = None
    #: Absent (`null`) where it was removed; what it follows now for one that moved.
    after: JsonValue = None
    #: Further places that this one sentence speaks of.
    also: tuple[Spot, ...] = ()
