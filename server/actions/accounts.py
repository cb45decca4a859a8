"""Accounts of officials and administrators, made and ended by the installation itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from server.actions.office import Office
from server.actions.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password
from server.cases.acts import SYSTEM
from server.cases.model import AuditEvent
from server.cases.people import Account, AccountKind, Unit
from server.findings import Refused
from server.types import RegionCode


async def add_account(
    office: Office,
    *,
    kind: Literal["official", "administrator"],
    login: str,
    name: str,
    password: str,
    units: Sequence[Unit] = (),
    region: str = "",
    roles: Sequence[str] = (),
) -> Account | Refused:
    """The new account: `login-taken`, or `password-length` when the password is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return Refused("password-length", {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD})
    account = Account(
        id=next(office.ids()),
        kind=kind,
        login=login,
        name=name,
        password_hash=await hash_password(password),
        units=tuple(units),
        region=RegionCode(region),
        roles=tuple(roles),
        created_at=office.now(),
    )
    return await store_account(office, account)


async def disable_account(office: Office, *, kind: AccountKind, login: str) -> Account | Refused:
    """The account, which nobody can sign in to any more and whose sessions have ended; else `unknown-account`."""
    account = await office.store.account_by_login(kind, login)
    if account is None:
        return Refused("unknown-account", {"login": login})
    disabled = msgspec.structs.replace(account, disabled=True)
    await office.store.save_account(disabled)
    await office.store.delete_sessions_of(account.id)
    await office.store.add_events((_event(office, account, "disable_account"),))
    return disabled


async def store_account(office: Office, account: Account) -> Account | Refused:
    """The account once it is stored; `login-taken` when another of its kind has the login."""
    if not await office.store.add_account(account):
        return Refused("login-taken", {"login": account.login})
    await office.store.add_events((_event(office, account, "add_account"),))
    return account


def _event(office: Office, account: Account, action: str) -> AuditEvent:
    details = {"account": account.id, "kind": account.kind}
    return AuditEvent(chain="system", at=office.clock(), actor=SYSTEM, action=action, details=details)
