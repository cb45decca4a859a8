"""Who acts: accounts and the offices (units) they work in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from server.definitions.common import Level
from server.types import RegionCode

AccountKind = Literal["applicant", "official", "administrator"]

#: Role of administrators who decide upon what others propose.
APPROVER = "approver"


class Unit(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A department's office at one level in one region."""

    agency: str
    level: Level
    region: RegionCode


class OfficialActor(Protocol):
    """An official who acts: an account with the offices it works in."""

    @property
    def account_id(self) -> str:
        """The account."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """The offices."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person who can sign in."""

    id: str
    kind: AccountKind
    #: Phone number of applicants, user name of the others.
    login: str
    name: str = ""
    #: Argon2 hash; empty for applicants, who sign in with a code.
    password_hash: str = ""
    #: Offices an official works in.
    units: tuple[Unit, ...] = ()
    #: Region an administrator is responsible for.
    region: RegionCode = RegionCode("")
    roles: tuple[str, ...] = ()
    created_at: datetime
    disabled: bool = False
