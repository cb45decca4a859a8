"""Pages that are the same for everybody who has typed nothing yet: rendered once, then joined with what differs."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

from litestar import Response

from server.web.access import AnyConnection, form_token
from server.web.templating import fragment, site_of

_MOST = 32
#: What differs between two visits: the tokens of the forms, and how long the session lasts.
_PLACE = re.compile(rb'name="csrf" value="(?P<token>[^"]*)"| data-expires-in="(?P<seconds>\d+)"')


class BlankPages:
    """Keeps such pages, the one asked for the longest ago going first; nothing in them is about a person."""

    def __init__(self) -> None:
        """Starts empty."""
        self._pages: OrderedDict[Hashable, tuple[tuple[bytes, str], ...]] = OrderedDict()

    def show(self, connection: AnyConnection, key: Hashable, render: Callable[[], Response[bytes]]) -> Response[bytes]:
        """The page for a visitor who is signed in; `key` stands for everything that it is made of besides the visitor."""
        site = site_of(connection)
        if not site.expires_in:
            return render()
        place = (key, site.large)
        pieces = self._pages.get(place)
        if pieces is None:
            pieces = self._pages[place] = tuple(_pieces(render().content))
            if len(self._pages) > _MOST:
                self._pages.popitem(last=False)
        self._pages.move_to_end(place)
        values = {"token": form_token(connection).encode(), "seconds": str(site.expires_in).encode(), "": b""}
        return fragment(b"".join([part for text, name in pieces for part in (text, values[name])]))


def _pieces(page: bytes) -> Iterator[tuple[bytes, str]]:
    """The page in pieces, each with the name of the value that follows it."""
    start = 0
    for place in _PLACE.finditer(page):
        name = place.lastgroup or ""
        yield page[start : place.start(name)], name
        start = place.end(name)
    yield page[start:], ""
