"""Parts that several kinds of documents share: durations, statuses, document bases."""

from __future__ import annotations

from typing import Literal

import msgspec

#: Whether a figure is law, a decision of the issuing body, or a plausible setting that still has to be confirmed.
Status = Literal["standard", "local", "law", "decided", "assumed"]

#: Levels of administration, from the top.
Level = Literal["province", "city", "county", "township", "village"]

#: Number of code digits that name a region of each level (GB/T 2260 and the statistical codes below it).
LEVEL_DIGITS: dict[str, int] = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every document struct: unknown members are refused, so a misspelt key is a finding."""


class Duration(Document, frozen=True, kw_only=True):
    """A length of time; exactly one member is set."""

    #: Working days of the bundle's calendar.
    workdays: int | None = None
    #: Calendar days.
    days: int | None = None
    #: Hours of the wall clock.
    hours: int | None = None
