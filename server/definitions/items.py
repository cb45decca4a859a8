"""`items.json`: the items (事项) of a service."""

from __future__ import annotations

from typing import Literal

from server.definitions.common import Document, Level, Status


class ItemOutcome(Document, frozen=True, kw_only=True):
    """One way in which an item can end."""

    title: str
    order: int = 0
    tone: Literal["good", "neutral", "bad"]
    #: Text of the result shown to the applicant after the reason.
    advice: str | None = None


class Item(Document, frozen=True, kw_only=True):
    """One item: who leads it, how long it may take and which fields its departments see."""

    title: str
    order: int
    summary: str
    #: Paragraph of the policy.
    source: str
    law: tuple[str, ...] = ()
    lead_agency: str
    #: Level of the lead agency's office that decides.
    level: Level
    #: Whether people apply for it without knowing which category fits (模糊选择); `hint` says so.
    fuzzy_choice: bool = False
    hint: str | None = None
    #: Benefit that is normally granted without application (免申即享).
    application_exempt: bool = False
    #: Process id: file name `<process>.process.json`.
    process: str
    #: Every code with which the process can end.
    outcomes: dict[str, ItemOutcome]
    #: Limits in working days.
    legal_limit: int | None = None
    extended_limit: int | None = None
    limit_law: str | None = None
    promised_limit: int | None = None
    promised_status: Status = "assumed"
    #: Step kinds during which the clock stops, as the guide words them.
    clock_excludes: tuple[str, ...] = ()
    #: Property paths that this item's departments see, besides the common scope.
    data_scope: tuple[str, ...] = ()
    visits: int = 0
    fees: str = ""


class Items(Document, frozen=True, kw_only=True):
    """`items.json`."""

    #: Process that receives an application and starts one case per chosen item.
    intake: str
    #: Property paths every department sees.
    common_scope: tuple[str, ...]
    items: dict[str, Item]
