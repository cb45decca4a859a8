"""Public notices, shown to everybody while they last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select, tuple_

from server.cases.model import PublicNotice
from server.store.connected import Connected
from server.store.encoding import to_instant, to_stamp
from server.store.readers import Row
from server.store.statements import sql
from server.store.tables import notices

_NEWEST_FIRST = (notices.c.published_at.desc(), notices.c.id.desc())
_SHOWN = (
    select(notices)
    .where(
        notices.c.ended == "",
        notices.c.until > bindparam("now"),
        func.substr(notices.c.region, 1, func.length(bindparam("place"))) == bindparam("place"),
    )
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit"))
)
_PLACE_OF = select(notices.c.published_at, notices.c.id).where(notices.c.id == bindparam("after")).scalar_subquery()
_SHOWN_FIRST = sql(_SHOWN)
_SHOWN_NEXT = sql(_SHOWN.where(tuple_(notices.c.published_at, notices.c.id) < _PLACE_OF))
_NOTICE_OF = sql(select(notices).where(notices.c.case_id == bindparam("case_id")).order_by(*_NEWEST_FIRST).limit(1))

#: Digits of a code that names a county; shorter ones are filled up with zeros in pairs.
_COUNTY_DIGITS = 6


class Noticeboard(Connected):
    """What is shown in public."""

    async def notices(self, now: datetime, *, region: str = "", after: str = "", limit: int = 25) -> tuple[PublicNotice, ...]:
        """The notices shown at this instant in a region and below, the newest first, from the one after the id `after` on."""
        parameters = {"now": to_stamp(now), "place": _prefix(region), "limit": limit}
        rows = await (self._rows(_SHOWN_NEXT, after=after, **parameters) if after else self._rows(_SHOWN_FIRST, **parameters))
        return tuple(_notice(row) for row in rows)

    async def notice_of(self, case_id: str) -> PublicNotice | None:
        """The latest public notice of a case, shown or ended."""
        row = await self._row(_NOTICE_OF, case_id=case_id)
        return None if row is None else _notice(row)


def _prefix(region: str) -> str:
    """The digits that the codes of a region and of all below it begin with."""
    if len(region) > _COUNTY_DIGITS:
        return region
    while region.endswith("00"):
        region = region[:-2]
    return region


def _notice(row: Row) -> PublicNotice:
    values = dict(zip((column.name for column in notices.c), row, strict=True))
    return PublicNotice(**{**values, "published_at": to_instant(values["published_at"]), "until": to_instant(values["until"])})
