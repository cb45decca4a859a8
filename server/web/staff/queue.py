"""The queue: tasks of the official's offices, those taken, those done."""

from __future__ import annotations

import msgspec
from litestar import Response, get

from server.actions import queue as tasks
from server.messages.staff import DONE_NOTE, EMPTY_TABS, LIGHTS, NOTES, TABS
from server.web.access import office_of
from server.web.requests import AnyRequest, query
from server.web.staff.desk import find_case, official_of, task_line
from server.web.templating import render_page


class TabLink(msgspec.Struct, frozen=True, kw_only=True):
    """One tab."""

    id: str
    words: str
    current: bool


class QueuePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `staff/queue.html`."""

    #: Offices of the official in words.
    units: tuple[str, ...]
    tab: tasks.Tab
    tabs: tuple[TabLink, ...]
    lines: tuple[tasks.QueueLine, ...]
    empty: str
    #: Whether earlier pages were left behind.
    later: bool
    next: str
    #: Light: words and tone.
    lights: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: LIGHTS)
    note: str = ""
    #: Number of the case that the note speaks of.
    noted: str = ""


@get("/staff", opt={"access": "official"})
async def queue(request: AnyRequest) -> Response[bytes]:
    """The tasks of one tab, oldest limit first."""
    office, actor = office_of(request), official_of(request)
    tab, after = _tab(query(request, "tab")), query(request, "after")
    found = await tasks.queue(office, actor=actor, tab=tab, after=after)
    note, noted = await _note(request)
    page = QueuePage(
        units=await tasks.offices(office, actor=actor),
        tab=tab,
        tabs=tuple(TabLink(id=known, words=words, current=known == tab) for known, words in TABS.items()),
        lines=found.lines,
        empty=EMPTY_TABS[tab],
        later=bool(after),
        next=found.next,
        note=note,
        noted=noted,
    )
    return render_page(request, "staff/queue.html", page)


def _tab(text: str) -> tasks.Tab:
    match text:
        case "mine" | "done":
            return text
    return "open"


async def _note(request: AnyRequest) -> tuple[str, str]:
    """What to say about the task just completed, and the number of its case."""
    number = query(request, "done")
    line = task_line(await find_case(request, number), query(request, "task"))
    if line is None or line.state != "done":
        return NOTES.get(query(request, "note"), ""), ""
    return DONE_NOTE.format(task=line.title, outcome=line.outcome_title), number


ROUTES = (queue,)
