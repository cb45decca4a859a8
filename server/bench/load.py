"""HTTP load from a process of its own, over connections that stay open; run as `python -m server.bench.load`.

A plan comes in on standard input and the measurement goes out on standard output, both as MessagePack.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask, and for how long; it ends early when every request has been sent."""

    port: int
    connections: int
    seconds: float
    #: Whole requests, head and body, each sent once.
    requests: list[bytes]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered."""

    #: Status to number of responses.
    statuses: dict[int, int]
    seconds: float
    #: Bytes of all bodies.
    size: int


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """One request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if method != "GET":
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body


def run_load(plan: Plan, *, status: int) -> Measured:
    """The measurement by a process of its own; ends the program unless every response had the status."""
    done = subprocess.run(
        [sys.executable, "-m", "server.bench.load"], input=msgspec.msgpack.encode(plan), stdout=subprocess.PIPE, check=True
    )
    measured = msgspec.msgpack.decode(done.stdout, type=Measured)
    if set(measured.statuses) != {status}:
        raise SystemExit(f"bench: expected only responses with status {status}, got {measured.statuses}")
    return measured


def load_rate(port: int, requests: Iterable[bytes], *, connections: int, seconds: float, status: int) -> float:
    """Responses a second with the expected status."""
    plan = Plan(port=port, connections=connections, seconds=seconds, requests=list(requests))
    measured = run_load(plan, status=status)
    return measured.statuses[status] / measured.seconds


async def measure(plan: Plan) -> Measured:
    """Sends the requests, one at a time on each connection, until the time is over."""
    statuses: Counter[int] = Counter()
    waiting = iter(plan.requests)
    opened = [await asyncio.open_connection("127.0.0.1", plan.port) for _ in range(plan.connections)]
    start = time.perf_counter()
    until = start + plan.seconds
    sizes = await asyncio.gather(*(_converse(reader, writer, waiting, statuses, until) for reader, writer in opened))
    seconds = time.perf_counter() - start
    for _, writer in opened:
        writer.close()
    return Measured(statuses=dict(statuses), seconds=seconds, size=sum(sizes))


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    requests: Iterator[bytes],
    statuses: Counter[int],
    until: float,
) -> int:
    size = 0
    while time.perf_counter() < until and (text := next(requests, None)) is not None:
        writer.write(text)
        head = await reader.readuntil(_HEAD_END)
        length = _length_of(head)
        size += length
        if length:
            await reader.readexactly(length)
        statuses[int(head[9:12])] += 1
    return size


def _length_of(head: bytes) -> int:
    start = head.lower().find(_LENGTH)
    if start < 0:
        return 0
    start += len(_LENGTH)
    return int(head[start : head.index(b"\r", start)])


def main() -> None:
    """Carries out the plan on standard input."""
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(asyncio.run(measure(plan))))


if __name__ == "__main__":
    main()
