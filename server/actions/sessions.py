"""Sessions: a token the browser holds, of which only the hash is stored, and how long it is good for."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec

from server.actions.office import Actor, Administrator, Applicant, Office, Official, Session
from server.cases.model import AuditEvent
from server.cases.people import Account
from server.store import SessionRow

#: Idle time after which a session ends.
IDLE = {"applicant": timedelta(minutes=60), "official": timedelta(minutes=30), "administrator": timedelta(minutes=30)}
#: Nobody stays signed in longer than this, however busy.
LONGEST = timedelta(hours=12)
#: How long an ended session still says whose it was.
REMEMBERED = timedelta(hours=24)
#: Not every request has to be written down.
_TOUCH_AFTER = timedelta(seconds=60)


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session was opened."""

    token: str
    actor: Actor
    #: On the office's clock.
    expires_at: datetime


async def open_session(office: Office, account: Account) -> SignedIn:
    """A new session of an account whose owner has proved it."""
    token, now = secrets.token_urlsafe(32), office.now()
    expires_at = now + IDLE[account.kind]
    row = SessionRow(token_hash=_hash(token), account_id=account.id, created_at=now, seen_at=now, expires_at=expires_at)
    await office.store.add_session(row)
    await office.store.add_events((_event(office, account, "sign_in"),))
    return SignedIn(token=token, actor=actor_of(account), expires_at=office.on_clock(expires_at))


async def session_of(office: Office, *, token: str) -> Session | None:
    """The session behind a token, prolonged by being asked for; an ended one stays known as `expired` for a day."""
    token_hash = _hash(token)
    row, account = await office.unchanged.get("session", token_hash, lambda: _stored(office, token_hash))
    if row is None or account is None or account.disabled:
        return None
    now = office.now()
    if now >= row.expires_at + REMEMBERED:
        await office.store.delete_session(row.token_hash)
        return None
    expired, expires_at = now >= row.expires_at, row.expires_at
    if not expired and now - row.seen_at >= _TOUCH_AFTER:
        expires_at = min(now + IDLE[account.kind], row.created_at + LONGEST)
        await office.store.touch_session(row.token_hash, now, expires_at)
    return Session(kind=account.kind, actor=actor_of(account), expires_at=office.on_clock(expires_at), expired=expired)


async def sign_out(office: Office, *, token: str) -> None:
    """Ends the session."""
    row, account = await _stored(office, _hash(token))
    if row is not None:
        await office.store.delete_session(row.token_hash)
    if account is not None:
        await office.store.add_events((_event(office, account, "sign_out"),))


def actor_of(account: Account) -> Actor:
    """Who acts when the owner of an account does."""
    match account.kind:
        case "applicant":
            return Applicant(account_id=account.id, phone=account.login)
        case "official":
            return Official(account_id=account.id, name=account.name, units=account.units)
        case "administrator":
            return Administrator(account_id=account.id, name=account.name, region=account.region, roles=account.roles)


async def _stored(office: Office, token_hash: str) -> tuple[SessionRow | None, Account | None]:
    row = await office.store.session(token_hash)
    return row, await office.store.account(row.account_id) if row is not None else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _event(office: Office, account: Account, action: str) -> AuditEvent:
    return AuditEvent(chain="system", at=office.clock(), actor=account.id, action=action, details={"kind": account.kind})
