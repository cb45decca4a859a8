"""An installation made for measuring: its own keys and database, the service published, applicants signed in."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import msgspec

from server.actions.enacting import enact, revision_event
from server.actions.office import Office
from server.actions.opening import open_office
from server.actions.sessions import open_session
from server.bench.subject import Subject
from server.cases.acts import SYSTEM
from server.cases.people import Account
from server.releases import Release
from server.settings import Settings, make_keys, read_settings
from server.store import RevisionRow, migrate


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """An applicant who is signed in."""

    account_id: str
    #: What the session's cookie holds.
    token: str


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """A data folder ready to be served."""

    settings: Settings
    visitors: tuple[Visitor, ...]


async def make_installation(folder: Path, subject: Subject, *, visitors: int) -> Installation:
    """An installation in an empty folder that has no other system to talk to."""
    settings = settings_of(folder)
    async with open_office(settings) as office:
        await _put_in_force(office, subject.release)
        return Installation(settings=settings, visitors=tuple([await _visitor(office, number) for number in range(visitors)]))


def settings_of(folder: Path) -> Settings:
    """The settings of a new data folder with a migrated database and a free port."""
    make_keys(folder)
    migrate(folder)
    settings = read_settings({"PORT": str(free_port())}, folder)
    assert isinstance(settings, Settings), settings
    return settings


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _put_in_force(office: Office, release: Release) -> None:
    """Publishes a release that has passed the checks already."""
    now = office.clock()
    row = RevisionRow(
        id=next(office.ids()),
        service_id=release.service_id,
        region=release.region,
        release_id=release.id,
        parent_id="",
        state="published",
        author_id=SYSTEM,
        proposed_at=now,
        note="",
    )
    event = revision_event(office, row, "publish", actor=SYSTEM)
    assert await enact(office, row=row, release=release, layer=release.documents, event=event)


async def _visitor(office: Office, number: int) -> Visitor:
    created_at = office.now() - timedelta(days=1)
    account = Account(id=next(office.ids()), kind="applicant", login=f"139{number:08}", created_at=created_at)
    assert await office.store.add_account(account)
    return Visitor(account_id=account.id, token=(await open_session(office, account)).token)
