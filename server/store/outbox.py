"""What becomes due: timers, requests to other systems, and text messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from server.cases.model import Message, Request, Timer
from server.cases.people import Account
from server.errors import DamagedData
from server.store.connected import Connected
from server.store.encoding import (
    seal,
    to_instant,
    to_optional_instant,
    to_optional_stamp,
    to_stamp,
    unseal,
)
from server.store.readers import Row
from server.store.rows import OutboxRow, TextRow
from server.store.statements import sql
from server.store.tables import accounts, messages, requests, texts, timers
from server.types import CaseId

_TIMER = sql(select(timers).where(timers.c.id == bindparam("id")))
_DUE_TIMERS = sql(
    select(timers).where(timers.c.due_at <= bindparam("now")).order_by(timers.c.due_at, timers.c.id).limit(bindparam("limit"))
)
_DELETE_TIMER = sql(delete(timers).where(timers.c.id == bindparam("id"), timers.c.due_at == bindparam("due_at")))

_COLUMNS = ("key", "state", "attempts", "next_at", "accepted_at", "cause", "sealed")
_REQUEST = select(*(requests.c[name] for name in _COLUMNS))
_REQUEST_BY_KEY = sql(_REQUEST.where(requests.c.key == bindparam("key")))
_DUE_REQUESTS = sql(
    _REQUEST.where(requests.c.next_at.is_not(None), requests.c.next_at <= bindparam("now"))
    .order_by(requests.c.next_at, requests.c.key)
    .limit(bindparam("limit"))
)
_GIVEN_UP = sql(_REQUEST.where(requests.c.state == "given_up").order_by(requests.c.key).limit(bindparam("limit")))
_POSTPONE_REQUEST = sql(
    update(requests)
    .where(requests.c.key == bindparam("row_id"), requests.c.state.in_(("waiting", "given_up")))
    .values({name: bindparam(f"new_{name}") for name in ("state", "attempts", "next_at", "cause")})
)
_ACCEPT_REQUEST = sql(
    update(requests)
    .where(requests.c.key == bindparam("row_id"), requests.c.state != "closed")
    .values(state="accepted", next_at=None, accepted_at=bindparam("at"))
)
_CLOSE_REQUEST = sql(update(requests).where(requests.c.key == bindparam("row_id")).values(state="closed", next_at=None))

_DUE_TEXTS = sql(
    select(
        *(texts.c[name] for name in ("message_id", "attempts", "next_at", "sealed")),
        messages.c.sealed.label("message"),
        accounts.c.id.label("account_id"),
        accounts.c.sealed.label("account"),
    )
    .outerjoin_from(texts, messages, messages.c.id == texts.c.message_id)
    .outerjoin(accounts, accounts.c.id == messages.c.account_id)
    .where(texts.c.next_at.is_not(None), texts.c.next_at <= bindparam("now"))
    .order_by(texts.c.next_at, texts.c.message_id)
    .limit(bindparam("limit"))
)
_ADD_TEXT = sql(insert_or(texts).on_conflict_do_nothing())
_POSTPONE_TEXT = sql(
    update(texts)
    .where(texts.c.message_id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in ("attempts", "next_at", "cause")})
)
_CLOSE_TEXT = sql(delete(texts).where(texts.c.message_id == bindparam("message_id")))

#: Due before anything that has a time.
_AT_ONCE = 0


class Outbox(Connected):
    """What has to be done later, each in the order it is due."""

    async def due_timers(self, now: datetime, limit: int = 100) -> tuple[Timer, ...]:
        """The timers that have run out."""
        return tuple(_timer(row) for row in await self._rows(_DUE_TIMERS, now=to_stamp(now), limit=limit))

    async def timer(self, timer_id: str) -> Timer | None:
        """The timer with this id, while it is set."""
        row = await self._row(_TIMER, id=timer_id)
        return None if row is None else _timer(row)

    async def delete_timer(self, timer: Timer) -> None:
        """Removes a timer that has nothing left to do; one that was set anew meanwhile stays."""
        await self._change(_DELETE_TIMER, id=timer.id, due_at=to_stamp(timer.due_at))

    async def due_requests(self, now: datetime, limit: int = 100) -> tuple[OutboxRow, ...]:
        """The requests to send now."""
        return tuple(self._request(row) for row in await self._rows(_DUE_REQUESTS, now=to_stamp(now), limit=limit))

    async def dead_requests(self, limit: int = 100) -> tuple[OutboxRow, ...]:
        """The requests that were given up."""
        return tuple(self._request(row) for row in await self._rows(_GIVEN_UP, limit=limit))

    async def request(self, key: str) -> OutboxRow | None:
        """The request with this key, closed ones too, so that a late reply is recognised."""
        row = await self._row(_REQUEST_BY_KEY, key=key)
        return None if row is None else self._request(row)

    async def postpone_request(self, key: str, attempts: int, next_at: datetime | None, cause: str) -> None:
        """Notes a failed attempt and when the next is due; without a next one the request is given up.

        A request that was accepted or closed meanwhile stays so.
        """
        await self._change(
            _POSTPONE_REQUEST,
            row_id=key,
            new_state="given_up" if next_at is None else "waiting",
            new_attempts=attempts,
            new_next_at=to_optional_stamp(next_at),
            new_cause=cause,
        )

    async def accept_request(self, key: str, at: datetime) -> None:
        """Notes that the other side has the request; a closed one stays closed."""
        await self._change(_ACCEPT_REQUEST, row_id=key, at=to_stamp(at))

    async def close_request(self, key: str) -> None:
        """Notes that nothing more is expected."""
        await self._change(_CLOSE_REQUEST, row_id=key)

    async def add_text(self, phone: str, text: str, key: str) -> None:
        """Queues a text message to a telephone, due before all others; a key that is there already is not queued again."""
        sealed = seal(self._cipher, (phone, text), f"texts:{key}")
        await self._change(_ADD_TEXT, message_id=key, attempts=0, next_at=_AT_ONCE, cause="", sealed=sealed)

    async def due_texts(self, now: datetime, limit: int = 100) -> tuple[TextRow, ...]:
        """The text messages to send now."""
        return tuple(self._text(row) for row in await self._rows(_DUE_TEXTS, now=to_stamp(now), limit=limit))

    async def postpone_text(self, message_id: str, attempts: int, next_at: datetime | None, cause: str = "") -> None:
        """Notes a failed attempt and when the next is due; without a next one the text is given up."""
        await self._change(
            _POSTPONE_TEXT, row_id=message_id, new_attempts=attempts, new_next_at=to_optional_stamp(next_at), new_cause=cause
        )

    async def close_text(self, message_id: str) -> None:
        """Removes a text message that was sent; a message to the applicant stays with the application."""
        await self._change(_CLOSE_TEXT, message_id=message_id)

    def _request(self, row: Row) -> OutboxRow:
        key, state, attempts, next_at, accepted_at, cause, sealed = row
        return OutboxRow(
            request=unseal(self._cipher, sealed, f"requests:{key}", Request),
            state=state,
            attempts=attempts,
            next_at=to_optional_instant(next_at),
            accepted_at=to_optional_instant(accepted_at),
            cause=cause,
        )

    def _text(self, row: Row) -> TextRow:
        message_id, attempts, next_at, sealed, message, account_id, account = row
        if sealed is not None:
            phone, text = unseal(self._cipher, sealed, f"texts:{message_id}", tuple[str, str])
        elif message is not None and account is not None:
            phone = unseal(self._cipher, account, f"accounts:{account_id}", Account).login
            text = unseal(self._cipher, message, f"messages:{message_id}", Message).text
        else:
            raise DamagedData(f"text {message_id} has no message or nobody to go to")
        return TextRow(message_id=message_id, phone=phone, text=text, attempts=attempts, next_at=to_instant(next_at))


def _timer(row: Row) -> Timer:
    timer_id, case_id, token, timer, due_at = row
    return Timer(id=timer_id, case_id=CaseId(case_id), token=token, timer=timer, due_at=to_instant(due_at))
