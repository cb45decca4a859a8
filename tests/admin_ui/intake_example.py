"""The page of what a region takes in, with everything it can show."""

from __future__ import annotations

from datetime import datetime

from admin_ui.field_views import Head
from admin_ui.intake import IntakePage, ItemLine, LowerLine


def intake_page(*, head: Head, hostile: str, now: datetime) -> IntakePage:
    """Every text of the page is the hostile one."""
    state = (hostile, "good")
    return IntakePage(
        head=head,
        place=hostile,
        lines=(
            ItemLine(item="", title=hostile, open=True, until="", state=state, detail=hostile),
            ItemLine(
                item="a",
                title="A",
                open=False,
                until=hostile,
                state=state,
                detail="",
                said_by=hostile,
                said_at=now,
                fault=hostile,
            ),
        ),
        lower=(LowerLine(title=hostile, text=hostile, href="/a"),),
        note=hostile,
    )
