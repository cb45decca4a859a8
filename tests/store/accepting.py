"""Accepts applications under load until it is killed; prints the id of each as soon as it is acknowledged.

Run as a program: `accepting.py FOLDER ROUND`.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from itertools import count
from pathlib import Path

import msgspec
from stored_values import KEYS, NOW, draft, message, request, submission, timer

from server.cases.outcome import Outcome
from server.store import FileRow, Store, open_store

CONCURRENT = 32


def content_of(number: int) -> bytes:
    return f"scanned page {number}".encode() * 200


def whole(number: int) -> Outcome:
    application_id, case_id = f"application-{number}", f"case-{number}"
    return msgspec.structs.replace(
        submission(number, tasks=2),
        timers=(timer(number, case_id),),
        requests=(request(number, case_id),),
        messages=(message(number, application_id=application_id, case_id=case_id),),
    )


async def accept(store: Store, number: int) -> None:
    content = content_of(number)
    file = FileRow(
        id=f"file-{number}",
        owner_id=f"draft-{number}",
        account_id="account-1",
        name="page.jpg",
        media_type="image/jpeg",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=NOW,
    )
    await store.add_draft(draft(number))
    await store.add_file(file, content)
    assert await store.save(whole(number), draft_id=f"draft-{number}") is None
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


async def accept_for_ever(folder: Path, first: int) -> None:
    store = await open_store(folder, KEYS)
    numbers = count(first)

    async def one_after_another() -> None:
        for number in numbers:
            await accept(store, number)

    await asyncio.gather(*(one_after_another() for _ in range(CONCURRENT)))


if __name__ == "__main__":
    asyncio.run(accept_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
