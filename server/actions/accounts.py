"""Accounts of officials and administrators, made by the installation itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from server.actions.office import Office
from server.actions.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password
from server.cases.model import AuditEvent
from server.cases.people import Account, Unit
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
    hashed = await hash_password(password)
    async with office.lock(f"account {kind} {login}"):
        if await office.store.account_by_login(kind, login) is not None:
            return Refused("login-taken", {"login": login})
        account = Account(
            id=next(office.ids()),
            kind=kind,
            login=login,
            name=name,
            password_hash=hashed,
            units=tuple(units),
            region=RegionCode(region),
            roles=tuple(roles),
            created_at=office.now(),
        )
        await office.store.add_account(account)
    event = AuditEvent(
        chain="system", at=office.clock(), actor="system", action="add_account", details={"account": account.id, "kind": kind}
    )
    await office.store.add_events((event,))
    return account
