"""Rows about accepting applications: over HTTP and in process, against bare sqlite3 and against the obvious stack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from urllib.parse import urlencode

import msgspec

from server.actions.applying import Submitted
from server.actions.office import Applicant, Office
from server.actions.opening import open_office
from server.bench.accepting import accept
from server.bench.applications import draft_of, flat_fields, posted_fields
from server.bench.installation import Installation, settings_of
from server.bench.load import load_rate, request
from server.bench.opponents.raw_sqlite import RawLoop
from server.bench.rounds import Compared, Side, compare
from server.bench.stage import Stage
from server.bench.subject import WHOLE
from server.store.migrating import DATABASE
from server.types import JsonValue

_CONNECTIONS = 16
#: Applications that are being accepted at the same time in process, and those the bare loop puts in one commit.
_AT_ONCE = 64
_TOGETHER = 50
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def json_against_raw(stage: Stage) -> Compared:
    """Accepted over HTTP as JSON, and the same rows written by a bare loop with one commit each."""
    with closing(_raw_loop(stage, "raw")) as raw:
        return compare(_over_http(stage, stage.port, _json_posts(stage)), _written(stage, raw, together=1), stage.pace)


def in_process_against_raw(stage: Stage) -> Compared:
    """Accepted in process, many at once, and the same rows written by a bare loop with many in one commit."""
    with closing(_raw_loop(stage, "raw_grouped")) as raw:
        separate = stage.separate
        return compare(lambda: asyncio.run(_accept_many(stage, separate)), _written(stage, raw, together=_TOGETHER), stage.pace)


def json_against_obvious(stage: Stage) -> Compared:
    """Accepted over HTTP as JSON by both."""
    ours = _over_http(stage, stage.port, _json_posts(stage))
    return compare(ours, _over_http(stage, stage.obvious_port, _obvious_json_posts(stage)), stage.pace)


def form_against_obvious(stage: Stage) -> Compared:
    """Accepted over HTTP as a form by both."""
    ours = _over_http(stage, stage.port, _form_posts(stage))
    return compare(ours, _over_http(stage, stage.obvious_port, _obvious_form_posts(stage)), stage.pace)


def _raw_loop(stage: Stage, name: str) -> RawLoop:
    return RawLoop(settings_of(stage.folder / name).folder / DATABASE, stage.rows)


def _written(stage: Stage, raw: RawLoop, *, together: int) -> Side:
    # Bare statements are several times as fast: they need as many more rows for the same time.
    return lambda: raw.rate(most=4 * stage.pace.most, seconds=stage.pace.seconds, together=together)


def _over_http(stage: Stage, port: int, posts: Iterator[bytes]) -> Side:
    def measured() -> float:
        requests = islice(posts, stage.pace.most)
        return load_rate(port, requests, connections=_CONNECTIONS, seconds=stage.pace.seconds, status=201)

    return measured


async def _accept_many(stage: Stage, installation: Installation) -> float:
    """Applications a second while as many as `_AT_ONCE` are under way."""
    waiting = iter([stage.subject.instance(stage.subject.plainest) for _ in range(stage.pace.most)])
    (visitor, *_) = installation.visitors
    actor = Applicant(account_id=visitor.account_id, phone="")
    async with open_office(installation.settings) as office:
        start = time.perf_counter()
        workers = (_accept_in_turn(stage, office, actor, waiting, start + stage.pace.seconds) for _ in range(_AT_ONCE))
        accepted = sum(await asyncio.gather(*workers))
        return accepted / (time.perf_counter() - start)


async def _accept_in_turn(stage: Stage, office: Office, actor: Applicant, waiting: Iterator[JsonValue], until: float) -> int:
    accepted = 0
    while time.perf_counter() < until and (answers := next(waiting, None)) is not None:
        result = await accept(office, actor=actor, service_id=stage.subject.release.service_id, answers=answers)
        assert isinstance(result, Submitted), result
        accepted += 1
    return accepted


def _json_posts(stage: Stage) -> Iterator[bytes]:
    for cookie, token in cycle(zip(stage.cookies, stage.csrf_tokens, strict=True)):
        headers = {"cookie": cookie, "content-type": _JSON, "x-csrf": token}
        yield request("POST", "/bench/applications", headers, _json(stage))


def _form_posts(stage: Stage) -> Iterator[bytes]:
    whole, subject = stage.subject.whole.form, stage.subject
    for cookie, token in cycle(zip(stage.cookies, stage.csrf_tokens, strict=True)):
        fields = posted_fields(whole, draft_of(whole, subject.instance(subject.plainest)), WHOLE)
        body = urlencode((("csrf", token), *fields)).encode()
        yield request("POST", "/bench/applications/form", {"cookie": cookie, "content-type": _FORM}, body)


def _obvious_json_posts(stage: Stage) -> Iterator[bytes]:
    for visitor in cycle(stage.installation.visitors):
        headers = {"cookie": f"session={visitor.token}", "content-type": _JSON}
        yield request("POST", "/applications", headers, _json(stage))


def _obvious_form_posts(stage: Stage) -> Iterator[bytes]:
    subject = stage.subject
    for visitor in cycle(stage.installation.visitors):
        headers = {"cookie": f"session={visitor.token}", "content-type": _FORM}
        body = urlencode(flat_fields(subject.instance(subject.plainest))).encode()
        yield request("POST", "/applications/form", headers, body)


def _json(stage: Stage) -> bytes:
    return msgspec.json.encode(stage.subject.instance(stage.subject.plainest))
