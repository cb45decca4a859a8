"""Accounts, sessions and one-time codes; nothing by which a person signs in stands in clear."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.cases.people import Account, AccountKind
from server.store.connected import Connected
from server.store.encoding import seal, to_instant, to_optional_instant, to_optional_stamp, to_stamp
from server.store.rows import CodeRow, SessionRow
from server.store.statements import sql
from server.store.tables import accounts, codes, sessions

_ACCOUNT = select(accounts.c.id, accounts.c.sealed)
_ACCOUNT_BY_ID = sql(_ACCOUNT.where(accounts.c.id == bindparam("id")))
_ACCOUNT_BY_LOGIN = sql(_ACCOUNT.where(accounts.c.login_hash == bindparam("login_hash")))
_ACCOUNTS = sql(_ACCOUNT.where(accounts.c.kind == bindparam("kind")).order_by(accounts.c.id))
_ADD_ACCOUNT = sql(insert_or(accounts).on_conflict_do_nothing())
_SAVE_ACCOUNT = sql(
    update(accounts)
    .where(accounts.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in ("login_hash", "sealed")})
)

_SESSION = sql(select(sessions).where(sessions.c.token_hash == bindparam("token_hash")))
_ADD_SESSION = sql(insert(sessions))
_TOUCH_SESSION = sql(
    update(sessions)
    .where(sessions.c.token_hash == bindparam("token"))
    .values(seen_at=bindparam("seen"), expires_at=bindparam("expires"))
)
_DELETE_SESSION = sql(delete(sessions).where(sessions.c.token_hash == bindparam("token_hash")))
_DELETE_SESSIONS_OF = sql(delete(sessions).where(sessions.c.account_id == bindparam("account_id")))

_CODE = sql(select(codes).where(codes.c.phone_hash == bindparam("phone_hash")))
_PUT_CODE = sql(insert(codes).prefix_with("OR REPLACE"))
_COUNT_ATTEMPT = sql(
    update(codes).where(codes.c.phone_hash == bindparam("phone")).values(attempts=codes.c.attempts + 1).returning(*codes.c)
)
_DELETE_CODE = sql(delete(codes).where(codes.c.phone_hash == bindparam("phone_hash")))


class Accounts(Connected):
    """Who can sign in, and who is signed in."""

    async def add_account(self, account: Account) -> bool:
        """Whether the account was added; not when its id or the login of its kind is taken."""
        return await self._change(_ADD_ACCOUNT, id=account.id, kind=account.kind, **self._account_values(account)) == 1

    async def save_account(self, account: Account) -> bool:
        """Whether the stored account was replaced; not when there is none with this id."""
        values = {f"new_{name}": value for name, value in self._account_values(account).items()}
        return await self._change(_SAVE_ACCOUNT, row_id=account.id, **values) == 1

    async def account(self, account_id: str) -> Account | None:
        """The account with this id."""
        return await self._sealed(Account, "accounts", _ACCOUNT_BY_ID, id=account_id)

    async def account_by_login(self, kind: AccountKind, login: str) -> Account | None:
        """The account that signs in with this telephone number or user name."""
        return await self._sealed(Account, "accounts", _ACCOUNT_BY_LOGIN, login_hash=self._login_hash(kind, login))

    async def accounts(self, kind: AccountKind) -> tuple[Account, ...]:
        """Every account of a kind, by id."""
        return await self._all_sealed(Account, "accounts", _ACCOUNTS, kind=kind)

    async def add_session(self, session: SessionRow) -> None:
        """Stores a new session."""
        await self._change(
            _ADD_SESSION,
            token_hash=session.token_hash,
            account_id=session.account_id,
            created_at=to_stamp(session.created_at),
            seen_at=to_stamp(session.seen_at),
            expires_at=to_stamp(session.expires_at),
        )

    async def session(self, token_hash: str) -> SessionRow | None:
        """The session with this token, ended or not."""
        row = await self._row(_SESSION, token_hash=token_hash)
        if row is None:
            return None
        token_hash, account_id, created_at, seen_at, expires_at = row
        return SessionRow(
            token_hash=token_hash,
            account_id=account_id,
            created_at=to_instant(created_at),
            seen_at=to_instant(seen_at),
            expires_at=to_instant(expires_at),
        )

    async def touch_session(self, token_hash: str, seen_at: datetime, expires_at: datetime) -> None:
        """Notes that a session was used."""
        await self._change(_TOUCH_SESSION, token=token_hash, seen=to_stamp(seen_at), expires=to_stamp(expires_at))

    async def delete_session(self, token_hash: str) -> None:
        """Ends a session."""
        await self._change(_DELETE_SESSION, token_hash=token_hash)

    async def delete_sessions_of(self, account_id: str) -> None:
        """Ends every session of an account."""
        await self._change(_DELETE_SESSIONS_OF, account_id=account_id)

    async def put_code(self, code: CodeRow) -> None:
        """Stores the code of a telephone in place of an earlier one."""
        await self._change(
            _PUT_CODE,
            phone_hash=self._phone_hash(code.phone),
            code_hash=code.code_hash,
            expires_at=to_stamp(code.expires_at),
            attempts=code.attempts,
            blocked_until=to_optional_stamp(code.blocked_until),
        )

    async def code(self, phone: str) -> CodeRow | None:
        """The code last sent to a telephone."""
        return _code(phone, await self._row(_CODE, phone_hash=self._phone_hash(phone)))

    async def count_attempt(self, phone: str) -> CodeRow | None:
        """The code of a telephone with one attempt more; each of many at the same time gets a count of its own."""
        phone_hash = self._phone_hash(phone)
        return _code(phone, await self._write(lambda c: c.execute(_COUNT_ATTEMPT, {"phone": phone_hash}).fetchone()))

    async def delete_code(self, phone: str) -> None:
        """Removes the code of a telephone."""
        await self._change(_DELETE_CODE, phone_hash=self._phone_hash(phone))

    def _account_values(self, account: Account) -> dict[str, Any]:
        return {
            "login_hash": self._login_hash(account.kind, account.login),
            "sealed": seal(self._cipher, account, f"accounts:{account.id}"),
        }

    def _login_hash(self, kind: AccountKind, login: str) -> str:
        return self._cipher.address(f"login of {kind}", login)

    def _phone_hash(self, phone: str) -> str:
        return self._cipher.address("code", phone)


def _code(phone: str, row: tuple[Any, ...] | None) -> CodeRow | None:
    if row is None:
        return None
    _, code_hash, expires_at, attempts, blocked_until = row
    return CodeRow(
        phone=phone,
        code_hash=code_hash,
        expires_at=to_instant(expires_at),
        attempts=attempts,
        blocked_until=to_optional_instant(blocked_until),
    )
