"""The working copy an administrator edits: loaded for a page, saved without overwriting a colleague.

The address of a service names its base; `<name>@<region>` is the same service as a region below has it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from admin_ui.finding_places import shown_at
from admin_ui.form_keys import FormKey
from admin_ui.levels import Levels
from admin_ui.previews import Built, build, form_of_release
from server.actions import configuring
from server.actions.configuring import WorkingSet
from server.actions.layers import resolved_of
from server.actions.office import Administrator
from server.definitions.service import path_of
from server.findings import Finding, Refused
from server.messages.layers import LAYER_TITLE
from server.releases import Release
from server.types import JsonValue
from server.web.access import actor_of, office_of
from server.web.failures import Forbidden, Missing
from server.web.requests import AnyRequest

HOME = "/admin"
#: Stands between a service and a region in an address.
AT = "@"
_TRIES = 5


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """One service as its administrator edits it in one region."""

    working: WorkingSet
    levels: Levels

    @property
    def service_id(self) -> str:
        """Path of the bundle in both trees."""
        return self.working.service_id

    @property
    def documents(self) -> dict[str, JsonValue]:
        """Path to document, as they hold in the region."""
        return self.working.documents

    @property
    def path(self) -> str:
        """The address of the service's page."""
        return service_path(self.service_id, "" if self.levels.is_base else self.region)

    @property
    def title(self) -> str:
        """The service's title, its id where the head of the bundle is unreadable; with the region below the base."""
        own = str(self._head.get("title") or self.service_id)
        return own if self.levels.is_base else LAYER_TITLE.format(title=own, place=self.place)

    @property
    def region(self) -> str:
        """Region whose layer is edited."""
        return self.working.region

    @property
    def place(self) -> str:
        """The region's name."""
        return self.levels.name(self.region)

    @property
    def changed(self) -> int:
        """How many documents wait to be published."""
        return len(self.working.changed)

    @property
    def _head(self) -> dict[str, Any]:
        found = self.documents.get(path_of(self.service_id, "bundle"))
        return found if isinstance(found, dict) else {}


def service_path(service_id: str, region: str = "") -> str:
    """The address of a service's page; without a region that of its base."""
    return f"{HOME}/services/{service_id}{AT + region if region else ''}"


def administrator_of(request: AnyRequest) -> Administrator:
    """The administrator behind the session."""
    actor = actor_of(request)
    assert isinstance(actor, Administrator)
    return actor


async def open_workspace(request: AnyRequest, tree: str, name: str) -> Workspace:
    """The working copy of a service this administrator may change; `name` may end in `@<region>`."""
    bundle, _, region = name.partition(AT)
    found = await configuring.working(
        office_of(request), actor=administrator_of(request), service_id=f"{tree}/{bundle}", region=region
    )
    if isinstance(found, Refused):
        raise Missing if found.reason in ("unknown-service", "unknown-region") else Forbidden("administrator")
    return workspace(found)


def workspace(working: WorkingSet) -> Workspace:
    """The working copy with what its pages tell of levels."""
    return Workspace(working=working, levels=Levels(working))


async def saved_form(request: AnyRequest, space: Workspace, key: FormKey) -> Built:
    """A form of the working copy, compiled together with the rest where nothing is wrong with it."""
    whole = await configuring.preview(
        office_of(request), actor=administrator_of(request), service_id=space.service_id, region=space.region
    )
    if isinstance(whole, Release):
        return form_of_release(whole, key)
    return await build(space.documents, key, region=space.region)


async def findings_of(request: AnyRequest, space: Workspace) -> tuple[Finding, ...]:
    """What the checks find in the working copy, at its documents."""
    found = await configuring.findings(
        office_of(request), actor=administrator_of(request), service_id=space.service_id, region=space.region
    )
    return () if isinstance(found, Refused) else shown_at(found, space.documents, space.service_id)


async def in_force(request: AnyRequest, space: Workspace) -> dict[str, JsonValue]:
    """The documents the working copy started from."""
    release = await office_of(request).release(space.working.base_release_id)
    return release.documents


async def upper_documents(request: AnyRequest, space: Workspace) -> dict[str, JsonValue]:
    """The documents that the working copy's layer lies over; none for the base."""
    return await revision_documents(request, space.working.parent_id)


async def revision_documents(request: AnyRequest, revision_id: str) -> dict[str, JsonValue]:
    """The documents of a revision as they hold in its region; none for no revision."""
    composed = await resolved_of(office_of(request), revision_id)
    return composed.documents if composed is not None else {}


async def save(request: AnyRequest, space: Workspace, changes: Mapping[str, JsonValue | None]) -> Workspace | Refused:
    """The working copy with the changes in it; refused only when one of these very documents changed meanwhile.

    Colleagues who save other documents at the same time are waited out, so that nobody is told about them.
    """
    office, actor, fresh = office_of(request), administrator_of(request), space.working
    for _ in range(_TRIES):
        saved = await configuring.save_documents(
            office, actor=actor, service_id=space.service_id, region=space.region, changes=changes, version=fresh.version
        )
        if not isinstance(saved, Refused):
            return workspace(saved)
        if saved.reason != "stale-working":
            return saved
        found = await configuring.working(office, actor=actor, service_id=space.service_id, region=space.region)
        if isinstance(found, Refused) or any(found.documents.get(p) != space.documents.get(p) for p in changes):
            return saved
        fresh = found
    return Refused("stale-working")


def mark_of(value: JsonValue | msgspec.Struct | None) -> str:
    """A short digest of what a page shows, to notice that it changed while somebody was typing."""
    text = json.dumps(msgspec.to_builtins(value), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
