"""Signing in: applicants with a telephone number and a one-time code, the others with a password."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from typing import Literal

import msgspec

from server.actions.limiting import Limit
from server.actions.office import Office
from server.actions.passwords import password_matches
from server.actions.sessions import SignedIn, open_session, session_of, sign_out
from server.cases.people import Account
from server.errors import ImpossibleState
from server.findings import Refused
from server.messages.offices import CODE_TEXT
from server.store import CodeRow

__all__ = [
    "CodeSent",
    "SignedIn",
    "request_code",
    "session_of",
    "sign_in_with_password",
    "sign_out",
    "verify_code",
]

#: What the keys of texts with a code begin with.
CODE_KEY = "code-"
CODE_MINUTES = 5
BLOCKED_MINUTES = 10
MOST_ATTEMPTS = 5

_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_CODES = (Limit("code-minute", 1, 60), Limit("code-hour", 6, 3600))
#: A village office stands behind one address with everybody it helps.
_CODES_OF_CLIENT = Limit("code-client", 60, 3600)
#: Whoever shows a demonstration signs in again and again.
_DEMO_CODES = (Limit("code-demo", 30, 60),)
_DEMO_CODES_OF_CLIENT = Limit("code-client-demo", 300, 60)
_ATTEMPTS_OF_CLIENT = Limit("attempt-client", 200, 3600)
_WRONG_PASSWORDS = Limit("password", 5, 60 * BLOCKED_MINUTES)
_PASSWORDS_OF_CLIENT = Limit("password-client", 100, 60 * BLOCKED_MINUTES)


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """A code is on its way."""

    #: How long it is good for.
    minutes: int


async def request_code(office: Office, *, phone: str, client: str) -> CodeSent | Refused:
    """Sends a new one-time code to the telephone: `phone-form`, `too-many-codes`, `too-many-attempts` when it cannot."""
    if _PHONE.fullmatch(phone) is None:
        return Refused("phone-form")
    async with office.lock(f"code {phone}"):
        known = await office.store.code(phone)
        blocked = _blocked(office, known)
        if blocked is not None:
            return blocked
        wait = _hit_codes(office, phone, client)
        if wait:
            return Refused("too-many-codes", {"seconds": wait})
        code = f"{secrets.randbelow(10**6):06d}"
        expires_at = office.now() + timedelta(minutes=CODE_MINUTES)
        await office.store.put_code(CodeRow(phone=phone, code_hash=_hash(office, phone, code), expires_at=expires_at))
        # Texts are sent in the order of their keys: the last code, which is the one that counts, shall arrive last.
        key = f"{CODE_KEY}{office.now():%Y%m%d%H%M%S%f}-{next(office.ids())}"
        await office.store.add_text(phone, CODE_TEXT.format(code=code, minutes=CODE_MINUTES), key)
    office.wake()
    return CodeSent(minutes=CODE_MINUTES)


async def verify_code(office: Office, *, phone: str, code: str, client: str) -> SignedIn | Refused:
    """Opens a session when the code is right: else `code-wrong`, `code-expired`, `too-many-attempts`."""
    if office.limits.hit(_ATTEMPTS_OF_CLIENT, client):
        return Refused("too-many-attempts", {"minutes": BLOCKED_MINUTES})
    async with office.lock(f"code {phone}"):
        row = await office.store.code(phone)
        blocked = _blocked(office, row)
        if blocked is not None:
            return blocked
        if row is None or not row.code_hash or office.now() >= row.expires_at:
            return Refused("code-expired")
        if not hmac.compare_digest(row.code_hash, _hash(office, phone, code)):
            return await _count_wrong(office, row)
        await office.store.delete_code(phone)
        account = await _applicant(office, phone)
    return Refused("code-expired") if account.disabled else await open_session(office, account)


async def sign_in_with_password(
    office: Office, *, kind: Literal["official", "administrator"], login: str, password: str, client: str
) -> SignedIn | Refused:
    """Opens a session for an official or administrator: else `sign-in-wrong`, `too-many-sign-ins`.

    An unknown login takes as long as a wrong password, and is counted and blocked like one.
    """
    who = f"{kind} {login}"
    # Counted before the password is looked at, so that many at once do not all get their turn.
    wait = office.limits.hit(_PASSWORDS_OF_CLIENT, client) or office.limits.hit(_WRONG_PASSWORDS, who)
    if wait:
        return Refused("too-many-sign-ins", {"minutes": -(-wait // 60)})
    account = await office.store.account_by_login(kind, login)
    known = account is not None and not account.disabled
    right = await password_matches(account.password_hash if account is not None and known else "", password)
    if account is None or not right:
        return Refused("sign-in-wrong")
    office.limits.clear(_WRONG_PASSWORDS, who)
    return await open_session(office, account)


def _hit_codes(office: Office, phone: str, client: str) -> int:
    of_phone = _DEMO_CODES if office.settings.demo else _CODES
    of_client = _DEMO_CODES_OF_CLIENT if office.settings.demo else _CODES_OF_CLIENT
    wait = max((office.limits.wait(limit, phone) for limit in of_phone), default=0) or office.limits.hit(of_client, client)
    return wait or max(office.limits.hit(limit, phone) for limit in of_phone)


def _blocked(office: Office, row: CodeRow | None) -> Refused | None:
    if row is None or row.blocked_until is None or office.now() >= row.blocked_until:
        return None
    seconds = int((row.blocked_until - office.now()).total_seconds())
    return Refused("too-many-attempts", {"minutes": seconds // 60 + 1})


async def _count_wrong(office: Office, row: CodeRow) -> Refused:
    attempts = row.attempts + 1
    if attempts < MOST_ATTEMPTS:
        await office.store.put_code(msgspec.structs.replace(row, attempts=attempts))
        return Refused("code-wrong", {"left": MOST_ATTEMPTS - attempts})
    blocked = office.now() + timedelta(minutes=BLOCKED_MINUTES)
    await office.store.put_code(msgspec.structs.replace(row, code_hash="", attempts=attempts, blocked_until=blocked))
    return Refused("too-many-attempts", {"minutes": BLOCKED_MINUTES})


async def _applicant(office: Office, phone: str) -> Account:
    """The account of a telephone number, made when its owner signs in for the first time."""
    known = await office.store.account_by_login("applicant", phone)
    if known is not None:
        return known
    account = Account(id=next(office.ids()), kind="applicant", login=phone, created_at=office.now())
    if not await office.store.add_account(account):
        raise ImpossibleState("a telephone got an account while it was being given one")
    return account


def _hash(office: Office, phone: str, code: str) -> str:
    """Keyed, because six digits alone are guessed from any plain hash."""
    return hmac.digest(office.settings.session_secret, f"code\0{phone}\0{code}".encode(), "sha256").hex()
