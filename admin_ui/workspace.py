"""The working copy an administrator edits: loaded for a page, saved without overwriting a colleague."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from admin_ui.form_keys import FormKey
from admin_ui.previews import Built, build, form_of_release
from server.actions import configuring
from server.actions.configuring import WorkingSet
from server.actions.office import Administrator
from server.definitions.service import path_of
from server.findings import Refused
from server.releases import Release
from server.types import JsonValue
from server.web.access import actor_of, office_of
from server.web.failures import Forbidden, Missing
from server.web.requests import AnyRequest

HOME = "/admin"
_TRIES = 5


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """One service as its administrator edits it."""

    working: WorkingSet

    @property
    def service_id(self) -> str:
        """Path of the bundle in both trees."""
        return self.working.service_id

    @property
    def documents(self) -> dict[str, JsonValue]:
        """Path to document."""
        return self.working.documents

    @property
    def path(self) -> str:
        """The address of the service's page."""
        return f"{HOME}/services/{self.service_id}"

    @property
    def title(self) -> str:
        """The service's title, its id where the head of the bundle is unreadable."""
        return str(self._head.get("title") or self.service_id)

    @property
    def region(self) -> str:
        """Region whose base the bundle is; empty where its head is unreadable."""
        return str(self._head.get("region", ""))

    @property
    def changed(self) -> int:
        """How many documents wait to be published."""
        return len(self.working.changed)

    @property
    def _head(self) -> dict[str, Any]:
        found = self.documents.get(path_of(self.service_id, "bundle"))
        return found if isinstance(found, dict) else {}


def administrator_of(request: AnyRequest) -> Administrator:
    """The administrator behind the session."""
    actor = actor_of(request)
    assert isinstance(actor, Administrator)
    return actor


async def open_workspace(request: AnyRequest, tree: str, name: str) -> Workspace:
    """The working copy of a service this administrator may change."""
    found = await configuring.working(office_of(request), actor=administrator_of(request), service_id=f"{tree}/{name}")
    if isinstance(found, Refused):
        raise Missing if found.reason == "unknown-service" else Forbidden("administrator")
    return Workspace(working=found)


async def saved_form(request: AnyRequest, space: Workspace, key: FormKey) -> Built:
    """A form of the working copy, compiled together with the rest where nothing is wrong with it."""
    whole = await configuring.preview(office_of(request), actor=administrator_of(request), service_id=space.service_id)
    if isinstance(whole, Release):
        return form_of_release(whole, key)
    return await build(space.documents, key, region=space.region)


async def save(request: AnyRequest, space: Workspace, changes: Mapping[str, JsonValue | None]) -> Workspace | Refused:
    """The working copy with the changes in it; refused only when one of these very documents changed meanwhile.

    Colleagues who save other documents at the same time are waited out, so that nobody is told about them.
    """
    office, actor, fresh = office_of(request), administrator_of(request), space.working
    for _ in range(_TRIES):
        saved = await configuring.save_documents(
            office, actor=actor, service_id=space.service_id, changes=changes, version=fresh.version
        )
        if not isinstance(saved, Refused):
            return Workspace(working=saved)
        if saved.reason != "stale-working":
            return saved
        found = await configuring.working(office, actor=actor, service_id=space.service_id)
        if isinstance(found, Refused) or any(found.documents.get(p) != space.documents.get(p) for p in changes):
            return saved
        fresh = found
    return Refused("stale-working")


def mark_of(value: JsonValue | msgspec.Struct | None) -> str:
    """A short digest of what a page shows, to notice that it changed while somebody was typing."""
    text = json.dumps(msgspec.to_builtins(value), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
