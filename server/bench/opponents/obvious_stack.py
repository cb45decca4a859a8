"""The obvious stack: the same server and framework, python jsonschema, an ORM on aiosqlite, a row an object.

Run as `python -m server.bench.opponents.obvious_stack FOLDER PORT`; the folder holds `work.msgpack`, a `Work`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import socket
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, Request, Response, post
from litestar.exceptions import NotAuthorizedException
from sqlalchemy import ForeignKey, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from server.types import JsonValue

WORK_FILE = "work.msgpack"
DATABASE = "obvious.sqlite3"
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536", "busy_timeout = 30000")


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What an accepted application comes to, and who may send one."""

    schema: dict[str, JsonValue]
    #: Name of a table to the size of the payload of each of its rows.
    rows: dict[str, list[int]]
    #: Tokens of the applicants who are signed in.
    tokens: list[str]


class Base(DeclarativeBase):
    """All models."""


class Account(Base):
    """Who applies."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)


class Session(Base):
    """Who is signed in."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined")


class Application(Base):
    """One application."""

    __tablename__ = "applications"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    submitted_at: Mapped[datetime]
    version: Mapped[int]
    payload: Mapped[str]


class Case(Base):
    """The part of one office."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    opened_at: Mapped[datetime]
    version: Mapped[int]
    payload: Mapped[str]


class Task(Base):
    """A piece of work for an office."""

    __tablename__ = "tasks"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    agency: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    version: Mapped[int]


class Detail(Base):
    """Everything else that belongs to a case: contents of tasks, timers, requests, messages."""

    __tablename__ = "details"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    payload: Mapped[str]


class Event(Base):
    """A line of the audit trail."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    payload: Mapped[str]


class Stack:
    """The application with its database."""

    def __init__(self, folder: Path, work: Work) -> None:
        self._work = work
        self._validator = jsonschema.Draft202012Validator(work.schema)
        self._engine = create_async_engine(f"sqlite+aiosqlite:///{folder / DATABASE}")
        event.listen(self._engine.sync_engine, "connect", _set_pragmas)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    async def prepare(self) -> None:
        """Makes the tables and signs the applicants in."""
        async with self._engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with self._sessions() as database, database.begin():
            for number, token in enumerate(self._work.tokens):
                account = Account(id=uuid.uuid4().hex, phone=f"139{number:08}")
                database.add_all([account, Session(token_hash=_hash(token), account=account)])

    def app(self) -> Litestar:
        """The two routes."""

        @post("/applications")
        async def accept_json(request: Request[Any, Any, Any]) -> Response[Any]:
            return await self._accept(request, await request.json())

        @post("/applications/form")
        async def accept_form(request: Request[Any, Any, Any]) -> Response[Any]:
            fields = (await request.form()).dict()
            return await self._accept(request, instance_of(self._work.schema, fields))

        return Litestar(route_handlers=[accept_json, accept_form], openapi_config=None, logging_config=None)

    async def _accept(self, request: Request[Any, Any, Any], instance: Any) -> Response[Any]:
        async with self._sessions() as database:
            token = request.cookies.get("session", "")
            session = await database.scalar(select(Session).where(Session.token_hash == _hash(token)))
            if session is None:
                raise NotAuthorizedException
            errors = [error.message for error in self._validator.iter_errors(instance)]
            if errors:
                return Response({"errors": errors}, status_code=422)
            number = await self._store(database, session.account_id, json.dumps(instance, ensure_ascii=False))
            return Response({"number": number}, status_code=201)

    async def _store(self, database: AsyncSession, account_id: str, text: str) -> str:
        """Adds the rows of an application, as many and as large as ours."""
        rows, now, padded = self._work.rows, datetime.now(UTC), text * 4
        application = Application(
            id=uuid.uuid4().hex,
            number=uuid.uuid4().hex,
            account_id=account_id,
            submitted_at=now,
            version=1,
            payload=padded[: rows["applications"][0]],
        )
        database.add(application)
        cases = [
            Case(
                id=uuid.uuid4().hex,
                number=uuid.uuid4().hex,
                application_id=application.id,
                opened_at=now,
                version=1,
                payload=padded[:size],
            )
            for size in rows["cases"]
        ]
        database.add_all(cases)
        database.add_all(
            Task(id=uuid.uuid4().hex, case_id=cases[0].id, agency="office", opened_at=now, due_at=now, version=1)
            for _ in rows.get("tasks", ())
        )
        database.add_all(
            Detail(id=uuid.uuid4().hex, case_id=cases[0].id, kind=table, payload=padded[:size])
            for table, sizes in rows.items()
            if table not in ("applications", "cases", "tasks", "events")
            for size in sizes
        )
        database.add_all(
            Event(application_id=application.id, at=now, actor=account_id, payload=padded[:size]) for size in rows["events"]
        )
        await database.commit()
        return application.number


def instance_of(schema: dict[str, JsonValue], fields: dict[str, list[str]]) -> JsonValue:
    """Posted texts by JSON Pointer as the instance that the schema describes."""
    tree: dict[str, Any] = {}
    for pointer, texts in fields.items():
        *above, last = pointer.split("/")[1:]
        holder = tree
        for part in above:
            holder = holder.setdefault(part, {})
        holder[last] = texts
    return _typed(schema, tree, schema)


def _typed(schema: Any, value: Any, root: Any) -> Any:
    """The texts below one place with the types its schema gives them."""
    while "$ref" in schema:
        schema = _resolved(root, schema["$ref"])
    kind = schema.get("type", "boolean" if "const" in schema else "object" if isinstance(value, dict) else "string")
    if kind == "object":
        members = schema.get("properties", {})
        return {name: _typed(members.get(name, {}), member, root) for name, member in value.items()}
    if kind == "array":
        listed = value if isinstance(value, list) else [value[index] for index in sorted(value, key=int)]
        return [_typed(schema.get("items", {}), [one] if isinstance(one, str) else one, root) for one in listed]
    (text,) = value
    if kind in ("integer", "number"):
        return int(text)
    return text == "true" if kind == "boolean" else text


def _resolved(root: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        root = root[part]
    return root


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _set_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def serve(folder: Path, port: int) -> None:
    """Serves until told to stop; says on standard output when it answers."""
    stack = Stack(folder, msgspec.msgpack.decode((folder / WORK_FILE).read_bytes(), type=Work))
    await stack.prepare()
    server = Server(stack.app(), port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    serving = asyncio.create_task(server.serve())
    while not _answers(port):
        await asyncio.sleep(0.02)
    print("ready", flush=True)
    await serving


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
