"""What a proposal means for the cases there are: which could not move to it, and whose result it would change."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from admin_ui.rendering import show
from admin_ui.workspace import HOME, administrator_of
from server.actions import migrating, replaying, revising
from server.actions.migrating import CaseFault
from server.actions.replay_words import cause_words, group_words
from server.actions.replaying import Group
from server.actions.revising import Proposal
from server.findings import Refused
from server.messages.replays import total_text
from server.releases import Release
from server.web.access import office_of
from server.web.failures import Missing
from server.web.requests import AnyRequest

_LANGUAGE = "zh"


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """One difference that several cases share, in words."""

    sentence: str
    causes: tuple[str, ...]
    count: int
    examples: tuple[str, ...]


class AffectedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/affected.html`."""

    proposal: Proposal
    #: None where the proposal does not compile any more.
    total: str | None
    groups: tuple[GroupView, ...] = ()
    #: Running cases that could not move to it.
    staying: tuple[CaseFault, ...] = ()


@get(f"{HOME}/proposals/{{revision_id:str}}/cases", opt={"access": "administrator"})
async def affected(request: AnyRequest, revision_id: FromPath[str]) -> Response[bytes]:
    """The proposal tried on the stored cases of its region."""
    office = office_of(request)
    found = await revising.proposal(office, actor=administrator_of(request), revision_id=revision_id)
    if isinstance(found, Refused):
        raise Missing
    row, tried = found.row, await replaying.tried_revision(office, found.row)
    if isinstance(tried, tuple):
        return show(request, "affected.html", AffectedPage(proposal=found, total=None))
    release, report = tried.release, await replaying.replay_cases(office, tried=tried)
    page = AffectedPage(
        proposal=found,
        total=total_text(looked=report.looked, differing=report.differing, elsewhere=report.elsewhere, lang=_LANGUAGE),
        groups=tuple(_view(group, release) for group in report.groups),
        staying=await migrating.compatibility(office, service_id=row.service_id, region=row.region, release=release),
    )
    return show(request, "affected.html", page)


def _view(group: Group, release: Release) -> GroupView:
    causes = cause_words(group, release, _LANGUAGE)
    return GroupView(sentence=group_words(group, _LANGUAGE), causes=causes, count=group.count, examples=group.examples)


ROUTES = (affected,)
