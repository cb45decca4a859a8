"""The commands account add and account disable: people who work with an installation."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Annotated, Literal

from cyclopts import App, Parameter

from server.actions import accounts
from server.cases.people import Unit
from server.cli.output import fail
from server.cli.running import opened_office
from server.definitions.common import Level
from server.findings import Refused
from server.messages.pages import refusal_text
from server.types import RegionCode

ACCOUNT = App(name="account", help="People who work with the installation.")


@ACCOUNT.command
def add(
    *,
    kind: Literal["official", "administrator"],
    login: str,
    name: str,
    region: str,
    agency: str = "",
    level: Level | None = None,
    role: list[Literal["approver"]] | None = None,
    password_stdin: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Add an official of an office, or an administrator of a region; the password is asked for.

    Parameters
    ----------
    kind
        official or administrator.
    login
        User name.
    name
        Name that others see.
    region
        Region code of the office, or the region an administrator is responsible for.
    agency
        Agency of an official's office, as in agencies.json.
    level
        Level of an official's office.
    role
        What an administrator may do besides editing: an approver decides upon what others propose.
    password_stdin
        Read the password from standard input instead of asking.
    """
    if kind == "official" and role:
        fail("only administrators have roles")
    if kind == "official" and not (agency and level):
        fail("an official needs --agency and --level")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass(f"Password of {login}: ")
    units = (Unit(agency=agency, level=level, region=RegionCode(region)),) if kind == "official" and level else ()
    refused = asyncio.run(
        _add(kind=kind, login=login, name=name, region=region, units=units, roles=tuple(role or ()), password=password)
    )
    if refused is not None:
        fail(refusal_text(refused), status=1)
    print(f"{kind} {login} added")


async def _add(
    *,
    kind: Literal["official", "administrator"],
    login: str,
    name: str,
    region: str,
    units: tuple[Unit, ...],
    roles: tuple[str, ...],
    password: str,
) -> Refused | None:
    async with opened_office() as office:
        added = await accounts.add_account(
            office, kind=kind, login=login, name=name, region=RegionCode(region), units=units, roles=roles, password=password
        )
    return added if isinstance(added, Refused) else None
