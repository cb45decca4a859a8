"""A layer behind its upper level: what follows by itself, and what the two disagree about, resolved all at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.changes import Differences, differences
from admin_ui.field_views import Head, head_of
from admin_ui.place_words import words_at
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, administrator_of, in_force, mark_of, open_workspace, revision_documents
from server.actions import adopting
from server.actions.adopting import Behind
from server.actions.configuring import WorkingSet
from server.findings import Finding, Refused
from server.forms.body import Body
from server.messages.admin import NOTES, refusal_text
from server.messages.layers import CHOICES, conflict_words, value_words
from server.overlays.conflicts import Choice, Conflict
from server.types import JsonValue
from server.web.access import office_of, visit_of
from server.web.failures import Missing, SignInFirst
from server.web.requests import AnyRequest, posted, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/conflicts"
_POSITION = "/$after"
_UNMADE = ""
_TAKES: dict[str, Literal["keep-ours", "take-theirs", "value"]] = {
    "keep-ours": "keep-ours",
    "take-theirs": "take-theirs",
    "value": "value",
}


class ConflictView(msgspec.Struct, frozen=True, kw_only=True):
    """One place at which the region and the newer upper level do not go together."""

    number: int
    #: Where it is, in words.
    place: str
    path: str
    pointer: str
    #: What kind of disagreement it is.
    kind: str
    base: str
    theirs: str
    ours: str
    #: What was chosen so far; empty for nothing.
    take: str = _UNMADE
    value: str = ""


class ConflictsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/conflicts.html`."""

    head: Head
    #: Whether the layer stands on an older upper level at all.
    behind: bool
    conflicts: tuple[ConflictView, ...]
    #: What the newer version changes.
    following: Differences
    findings: tuple[Finding, ...]
    choices: tuple[tuple[str, str], ...]
    #: Digest of the conflicts shown, so that choices are made for these.
    base: str
    #: Whether changes in the working copy take part.
    changed: int = 0
    faults: tuple[tuple[str, str], ...] = ()
    note: str = ""


@get(_ROUTE, opt={"access": "administrator"})
async def conflicts(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What keeps the region from following its upper level."""
    space = await open_workspace(request, tree, name)
    return show(request, "conflicts.html", await _page(request, space))


@post(_ROUTE, opt={"access": "administrator", "represent": True})
async def resolve(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Puts the layer over the newer upper level, as chosen, into the working copy."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    found = await _behind(request, space)
    page = await _page(request, space, body=body)
    if not visit.genuine:
        return show(request, "conflicts.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    result: object = _choices(page, found.conflicts) if body.first("base") == page.base else Refused("shown-otherwise")
    if not isinstance(result, Refused):
        assert isinstance(result, dict)
        result = await adopting.resolve(
            office_of(request),
            actor=administrator_of(request),
            service_id=space.service_id,
            region=space.region,
            choices=result,
        )
    if isinstance(result, Refused):
        line = result.params.get("line", 1)
        faults = ((f"#conflict-{line}", refusal_text(result)),)
        return show(request, "conflicts.html", msgspec.structs.replace(page, faults=faults), status=422)
    assert isinstance(result, WorkingSet)
    # The region's own newer version comes first, that of the level above next.
    return see_other(f"{space.path}/conflicts" if result.behind else f"{space.path}/publish?note=resolved")


async def _behind(request: AnyRequest, space: Workspace) -> Behind:
    found = await adopting.conflicts(
        office_of(request), actor=administrator_of(request), service_id=space.service_id, region=space.region
    )
    if isinstance(found, Refused):
        raise Missing
    return found


async def _page(request: AnyRequest, space: Workspace, *, body: Body | None = None) -> ConflictsPage:
    found = await _behind(request, space)
    before, after = await _versions(request, space, found)
    return ConflictsPage(
        head=head_of(space),
        behind=space.working.behind,
        conflicts=tuple(
            _view(number, conflict, after | space.documents, space.service_id, body)
            for number, conflict in enumerate(found.conflicts, 1)
        ),
        following=differences(before, after, space.service_id),
        findings=found.findings,
        choices=tuple(CHOICES.items()),
        base=mark_of([msgspec.to_builtins(conflict) for conflict in found.conflicts]),
        changed=space.changed,
    )


async def _versions(request: AnyRequest, space: Workspace, found: Behind) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """The documents the working copy stands on and those it is to stand on: the region's own, or those of the level above."""
    current = await office_of(request).current(space.service_id, space.region)
    if current is not None and current.id != space.working.base_release_id:
        return await in_force(request, space), current.documents
    return await revision_documents(request, found.parent_from), await revision_documents(request, found.parent_to)


def _view(
    number: int, conflict: Conflict, documents: Mapping[str, JsonValue], service_id: str, body: Body | None
) -> ConflictView:
    position = conflict.pointer.endswith(_POSITION)
    take = body.first(f"take-{number}") if body is not None else _UNMADE
    return ConflictView(
        number=number,
        place=words_at(documents, conflict.path, conflict.pointer, service_id=service_id),
        path=conflict.path,
        pointer=conflict.pointer,
        kind=conflict_words(conflict.kind),
        base=value_words(conflict.base, position=position),
        theirs=value_words(conflict.theirs, position=position),
        ours=value_words(conflict.ours, position=position),
        take=take if take in _TAKES else _UNMADE,
        value=body.first(f"value-{number}") if body is not None else _typed(conflict.ours),
    )


def _choices(page: ConflictsPage, found: tuple[Conflict, ...]) -> dict[tuple[str, str], Choice] | Refused:
    """What was chosen for each conflict; refused while one is left open or a value cannot be read."""
    unmade = [view.number for view in page.conflicts if not view.take]
    if unmade:
        return Refused("conflicts-open", {"count": len(unmade), "line": unmade[0]})
    chosen: dict[tuple[str, str], Choice] = {}
    for view, conflict in zip(page.conflicts, found, strict=True):
        value = _read(view.value, conflict) if view.take == "value" else None
        if isinstance(value, Refused):
            return Refused("choice-form", {"line": view.number})
        chosen[conflict.path, conflict.pointer] = Choice(take=_TAKES[view.take], value=value)
    return chosen


def _typed(value: JsonValue) -> str:
    """A value as it is typed: texts as they are, anything else as JSON, nothing as nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _read(text: str, conflict: Conflict) -> JsonValue | Refused:
    """What was typed: a text where the sides have texts or places, else JSON."""
    typed = text.replace("\r\n", "\n").strip()
    if not typed:
        return None
    if isinstance(conflict.ours, str) or isinstance(conflict.theirs, str) or conflict.pointer.endswith(_POSITION):
        return typed
    try:
        return json.loads(typed)
    except ValueError:
        return Refused("choice-form")


ROUTES = (conflicts, resolve)
