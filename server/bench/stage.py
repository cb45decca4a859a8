"""Where the rows are measured: what they measure, a folder on disk, and servers that run until the end."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType

import msgspec

from server.actions.applying import Submitted
from server.actions.office import Applicant
from server.actions.opening import open_office
from server.bench.accepting import accept
from server.bench.installation import Installation, free_port, make_installation
from server.bench.opponents.obvious_stack import WORK_FILE, Work
from server.bench.opponents.raw_sqlite import Stored, stored_rows
from server.bench.rounds import Pace
from server.bench.subject import Subject
from server.store.migrating import DATABASE
from server.web.cookies import SESSION
from server.web.csrf import make_token

READY = "ready"
_VISITORS = 16
_STOP_SECONDS = 15


class Stage:
    """Made once for all rows; what a row does not use is never made."""

    def __init__(self, folder: Path, pace: Pace, subject: Subject) -> None:
        """Starts nothing."""
        self.folder = folder
        self.pace = pace
        self.subject = subject
        self._running = ExitStack()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._running.close()

    @cached_property
    def installation(self) -> Installation:
        """An installation of the product."""
        return asyncio.run(make_installation(self.folder / "product", self.subject, visitors=_VISITORS))

    @cached_property
    def cookies(self) -> tuple[str, ...]:
        """The cookie header of each applicant who is signed in."""
        return tuple(f"{SESSION}={visitor.token}" for visitor in self.installation.visitors)

    @cached_property
    def csrf_tokens(self) -> tuple[str, ...]:
        """A token for a form of each of them."""
        secret = self.installation.settings.session_secret
        bindings = (hashlib.sha256(visitor.token.encode()).hexdigest() for visitor in self.installation.visitors)
        return tuple(make_token(secret, binding) for binding in bindings)

    @cached_property
    def port(self) -> int:
        """Port of the product, served as `onething serve` does it."""
        settings = self.installation.settings
        self.start("server.bench.serving", str(settings.folder), str(settings.port))
        return settings.port

    @cached_property
    def separate(self) -> Installation:
        """Another installation, which is not served."""
        return asyncio.run(make_installation(self.folder / "separate", self.subject, visitors=1))

    @cached_property
    def rows(self) -> tuple[Stored, ...]:
        """The rows that accepting one application adds."""
        database = self.separate.settings.folder / DATABASE
        before = set(stored_rows(database))
        asyncio.run(self._accept_one())
        return tuple(row for row in stored_rows(database) if row not in before)

    @cached_property
    def obvious_port(self) -> int:
        """Port of the obvious stack, served by the same server."""
        sizes: dict[str, list[int]] = {}
        for row in self.rows:
            sizes.setdefault(row.table, []).append(sum(len(value) for value in row.values if isinstance(value, bytes)))
        tokens = [visitor.token for visitor in self.installation.visitors]
        folder, port = self.folder / "obvious", free_port()
        folder.mkdir()
        work = Work(schema=self.subject.release.form.schema, rows=sizes, tokens=tokens)
        (folder / WORK_FILE).write_bytes(msgspec.msgpack.encode(work))
        self.start("server.bench.opponents.obvious_stack", str(folder), str(port))
        return port

    async def _accept_one(self) -> None:
        subject, (visitor, *_) = self.subject, self.separate.visitors
        async with open_office(self.separate.settings) as office:
            actor, answers = Applicant(account_id=visitor.account_id, phone=""), subject.instance(subject.plainest)
            result = await accept(office, actor=actor, service_id=subject.release.service_id, answers=answers)
            assert isinstance(result, Submitted), result

    def start(self, module: str, *arguments: str) -> None:
        """Ensures that a server of its own answers; it is stopped when the stage is left."""
        self._running.enter_context(_serving(module, *arguments))


@contextmanager
def _serving(module: str, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != READY:
            raise SystemExit(f"bench: {module} does not start")
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
