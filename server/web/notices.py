"""The public notices (公示), for everybody to read."""

from __future__ import annotations

import msgspec
from litestar import Response, get

from server.actions.noticeboard import ShownNotice, noticeboard
from server.web.access import office_of
from server.web.requests import AnyRequest, query
from server.web.templating import render_page


class NoticesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/notices.html`."""

    notices: tuple[ShownNotice, ...]
    #: Whether earlier pages were left behind.
    later: bool
    next: str


@get("/notices", opt={"access": "public"})
async def notices(request: AnyRequest) -> Response[bytes]:
    """The public notices that run now."""
    after = query(request, "after")
    board = await noticeboard(office_of(request), after=after)
    page = NoticesPage(notices=board.notices, later=bool(after), next=board.next)
    return render_page(request, "public/notices.html", page)


NOTICE_ROUTES = (notices,)
