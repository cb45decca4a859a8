"""The public notices (公示) shown now, for everybody to read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from server.actions.office import Office

_ON_A_PAGE = 20


class ShownNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One public notice."""

    id: str
    subject: str
    text: str
    #: Region in words; empty where its service has gone.
    place: str
    published_at: datetime
    until: datetime


class Noticeboard(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the public notices."""

    notices: tuple[ShownNotice, ...]
    #: Where the next page begins; empty on the last.
    next: str


async def noticeboard(office: Office, *, after: str = "") -> Noticeboard:
    """The public notices that run now."""
    found = await office.store.notices(office.clock(), after=after, limit=_ON_A_PAGE + 1)
    shown = []
    for notice in found[:_ON_A_PAGE]:
        release = await office.current(notice.service_id)
        place = (release.regions.name(notice.region) if release is not None else None) or ""
        shown.append(
            ShownNotice(
                id=notice.id,
                subject=notice.subject,
                text=notice.text,
                place=place,
                published_at=notice.published_at,
                until=notice.until,
            )
        )
    return Noticeboard(notices=tuple(shown), next=shown[-1].id if len(found) > _ON_A_PAGE else "")
