"""Signing in: applicants with a telephone number and a one-time code, the others with a password; sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.actions.office import Actor, Office, Session
from server.findings import Refused


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way."""

    #: How long it is good for.
    minutes: int


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session was opened."""

    token: str
    actor: Actor
    expires_at: datetime


async def request_code(office: Office, *, phone: str, client: str) -> CodeSent | Refused:
    """Sends a new one-time code to the telephone: `phone-form`, `too-many-codes`, `too-many-attempts` when it cannot."""
    raise NotImplementedError


async def verify_code(office: Office, *, phone: str, code: str, client: str) -> SignedIn | Refused:
    """Opens a session when the code is right: else `code-wrong`, `code-expired`, `too-many-attempts`."""
    raise NotImplementedError


async def sign_in_with_password(
    office: Office, *, kind: Literal["official", "administrator"], login: str, password: str, client: str
) -> SignedIn | Refused:
    """Opens a session for an official or administrator: else `sign-in-wrong`, `too-many-sign-ins`."""
    raise NotImplementedError


async def session_of(office: Office, *, token: str) -> Session | None:
    """The session behind a token, prolonged by being asked; an ended one is returned as `expired` for a day."""
    raise NotImplementedError


async def sign_out(office: Office, *, token: str) -> None:
    """Ends the session."""
    raise NotImplementedError
