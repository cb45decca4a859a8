"""Rows about pages over HTTP: as fast as answering with bytes that are there already."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Iterable
from itertools import count, cycle, islice

from server.actions.opening import open_office
from server.bench.load import load_rate, request
from server.bench.rounds import Compared, Side, compare
from server.bench.stage import Stage
from server.store import DraftRow

_CONNECTIONS = 8
#: More than any server answers in a round.
_PLENTY = 20_000
#: Share by which the sizes of pages that are compared may differ.
_ALIKE = 0.03


def blank_against_static(stage: Stage) -> Compared:
    """The first page of the form, for applicants who are signed in, and bytes of its size, for anybody."""
    path = f"/services/{stage.subject.release.service_id}/apply"
    cookies = stage.cookies
    page = _body(stage, path, cookies[0])
    assert page.count(b'name="csrf"') > 1
    visits = ((f"{path}?n={number}", cookie) for number, cookie in zip(count(), cycle(cookies)))
    static = ((f"/bench/bytes/{len(page)}?n={number}", "") for number in count())
    return compare(_side(stage, visits, _PLENTY), _side(stage, static, _PLENTY), stage.pace)


def filled_against_static(stage: Stage) -> Compared:
    """The whole form with the mistakes in it, as stored in drafts that all differ, and a text of its size."""
    most = stage.pace.most
    drafts = asyncio.run(_stored_drafts(stage, most * stage.pace.rounds + 1))
    own = drafts.pop()
    page, text = _body(stage, *own), _body(stage, "/bench/text")
    assert page.count(b"field-error") > 1
    assert abs(len(page) - len(text)) < len(text) * _ALIKE, (len(page), len(text))
    static = ((f"/bench/text?n={number}", "") for number in count())
    return compare(_side(stage, drafts, most), _side(stage, static, _PLENTY), stage.pace)


def _side(stage: Stage, visits: Iterable[tuple[str, str]], most: int) -> Side:
    """A round asks for the next paths, each with its cookie."""
    left = iter(visits)

    def measured() -> float:
        requests = [_get(path, cookie) for path, cookie in islice(left, most)]
        return load_rate(stage.port, requests, connections=_CONNECTIONS, seconds=stage.pace.seconds, status=200)

    return measured


def _get(path: str, cookie: str) -> bytes:
    return request("GET", path, {"cookie": cookie} if cookie else {})


def _body(stage: Stage, path: str, cookie: str = "") -> bytes:
    asked = urllib.request.Request(f"http://127.0.0.1:{stage.port}{path}", headers={"cookie": cookie})
    with urllib.request.urlopen(asked) as response:
        return bytes(response.read())


async def _stored_drafts(stage: Stage, number: int) -> list[tuple[str, str]]:
    """Path and cookie of as many new drafts with mistakes."""
    subject, visitors = stage.subject, cycle(stage.installation.visitors)
    release, found = subject.release, list[tuple[str, str]]()
    async with open_office(stage.installation.settings) as office:
        rows = [
            DraftRow(
                id=draft_id,
                account_id=visitor.account_id,
                service_id=release.service_id,
                release_id=release.id,
                data=subject.mistyped(),
                saved_at=office.clock(),
            )
            for draft_id, visitor in zip(islice(office.ids(), number), islice(visitors, number), strict=True)
        ]
        assert all(await asyncio.gather(*(office.store.add_draft(row) for row in rows)))
    cookies = dict(zip((visitor.account_id for visitor in stage.installation.visitors), stage.cookies, strict=True))
    found += [(f"/bench/filled/{row.id}", cookies[row.account_id]) for row in rows]
    return found
