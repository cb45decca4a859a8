"""The lists of officials, page by page over narrow rows.

Each list has an index that holds its rows in its order, so a page costs the same whether there are a thousand tasks or a million:
nothing is counted, skipped or sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, select, tuple_, union_all

from server.cases.people import Unit
from server.store.connected import Connected
from server.store.encoding import to_instant, to_optional_instant
from server.store.readers import Row
from server.store.rows import QueueRow, Tab
from server.store.saving import NEVER_DUE, name_identity
from server.store.statements import sql
from server.store.tables import tasks
from server.types import ApplicationId, CaseId, ItemId, RegionCode, ReleaseId, ServiceId, TaskId

_SHOWN = (
    *("id", "case_id", "case_number", "application_id", "service_id", "release_id", "item", "node", "title"),
    *("agency", "level", "region", "applicant_name", "opened_at", "due_at", "holder", "claimed_at", "closed_at"),
    *("outcome", "completed_by", "version"),
)

#: What each list holds besides the offices; written so that SQLite finds the conditions of its index.
_CONDITIONS: dict[Tab, tuple[ColumnElement[bool], ...]] = {
    "open": (tasks.c.closed_at.is_(None),),
    "mine": (tasks.c.closed_at.is_(None), tasks.c.holder != "", tasks.c.holder == bindparam("account_id")),
    "done": (tasks.c.closed_at.is_not(None), tasks.c.outcome != ""),
}
#: What each list is ordered by before the id.
_ORDERS: dict[Tab, str] = {"open": "due_order", "mine": "due_order", "done": "closed_at"}

#: Before and after every row, where the first page begins.
_FIRST, _LAST = (-1, ""), (NEVER_DUE, "\U0010ffff")


class Queues(Connected):
    """What offices have to do and have done."""

    async def queue(
        self, units: Sequence[Unit], *, state: Tab, account_id: str, after: str = "", limit: int = 25
    ) -> tuple[tuple[QueueRow, ...], str]:
        """A page of the tasks of these offices and the mark after which the next page begins, empty on the last.

        Open tasks and those the account has claimed come in the order they are due, done ones with the latest first. A mark that
        is none begins from the start.
        """
        if not units:
            return (), ""
        distinct = sorted(set(units))
        start = _start(after, first=_LAST if state == "done" else _FIRST)
        parameters: dict[str, Any] = {"order": start[0], "id": start[1], "limit": limit + 1, "account_id": account_id}
        for index, unit in enumerate(distinct):
            parameters |= {f"agency_{index}": unit.agency, f"level_{index}": unit.level, f"region_{index}": unit.region}
        found = await self._rows(_page(state, len(distinct)), **parameters)
        lines = tuple(self._line(row) for row in found[:limit])
        return lines, _mark(found[limit - 1]) if len(found) > limit else ""

    def _line(self, row: Row) -> QueueRow:
        values = dict(zip(_SHOWN, row, strict=False))
        name = self._cipher.open(values["applicant_name"], name_identity(values["application_id"])).decode()
        return QueueRow(
            task_id=TaskId(values["id"]),
            case_id=CaseId(values["case_id"]),
            case_number=values["case_number"],
            application_id=ApplicationId(values["application_id"]),
            service_id=ServiceId(values["service_id"]),
            release_id=ReleaseId(values["release_id"]),
            item=ItemId(values["item"]),
            node=values["node"],
            title=values["title"],
            agency=values["agency"],
            level=values["level"],
            region=RegionCode(values["region"]),
            applicant_name=name,
            opened_at=to_instant(values["opened_at"]),
            due_at=to_optional_instant(values["due_at"]),
            holder=values["holder"],
            claimed_at=to_optional_instant(values["claimed_at"]),
            closed_at=to_optional_instant(values["closed_at"]),
            outcome=values["outcome"],
            completed_by=values["completed_by"],
            version=values["version"],
        )


@cache
def _page(tab: Tab, units: int) -> str:
    """The statement of one page over so many offices: the pages of each office, merged."""
    key = tuple_(tasks.c[_ORDERS[tab]], tasks.c.id)
    start = tuple_(bindparam("order"), bindparam("id"))
    limit = bindparam("limit", type_=Integer)
    columns = (*(tasks.c[name] for name in _SHOWN), tasks.c[_ORDERS[tab]].label("order_"))

    def of_unit(index: int) -> Any:
        own = [tasks.c[name] == bindparam(f"{name}_{index}") for name in ("agency", "level", "region")]
        listed = select(*columns).where(*own, *_CONDITIONS[tab], key < start if tab == "done" else key > start)
        return select(listed.order_by(*_ordered(tab, tasks.c[_ORDERS[tab]], tasks.c.id)).limit(limit).subquery())

    merged = union_all(*(of_unit(index) for index in range(units))).subquery()
    return sql(select(merged).order_by(*_ordered(tab, merged.c.order_, merged.c.id)).limit(limit))


def _ordered(tab: Tab, *columns: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    return tuple(column.desc() for column in columns) if tab == "done" else columns


def _mark(row: Row) -> str:
    return f"{row[-1]}.{row[0]}"


def _start(after: str, *, first: tuple[int, str]) -> tuple[int, str]:
    order, _, task_id = after.partition(".")
    # The mark comes back from the address of a page, where anything can be typed.
    if not (task_id and order.isascii() and order.isdecimal() and len(order) <= len(str(NEVER_DUE))):
        return first
    return min(int(order), NEVER_DUE), task_id
