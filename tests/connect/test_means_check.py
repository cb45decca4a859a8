"""The simulated means check over real HTTP: late, repeated, down, broken, killed, and still one right report."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import msgspec
import pytest
from far_side import INCOMING, OUTGOING, Desk, Serve, ask, asking, bound, until
from hypothesis import given
from hypothesis import strategies as st

from server.connect.envelope import Reply
from server.simulators.means_check import create_app
from server.simulators.report import Declared, broken_report, read_declared, report_of

ROOT = Path(__file__).parents[2]
CONNECTORS = sorted(ROOT.glob("process_defs/**/connectors/means_check.json"))
START = """
import sys
from pathlib import Path

from server.connect.binding import Binding
from server.simulators.run import run_simulator

folder, port, outgoing, incoming = sys.argv[1:]
binding = Binding(address="http://127.0.0.1", outgoing_secret=outgoing.encode(), incoming_secret=incoming.encode())
run_simulator("means_check", binding, folder=Path(folder), port=int(port))
"""
Bureau = Callable[..., str]


@pytest.fixture
def bureau(serve: Serve, tmp_path: Path) -> Bureau:
    """Starts the simulator with a behaviour and returns its address."""

    def start(**control: object) -> str:
        address = serve(create_app(bound("http://127.0.0.1"), tmp_path))
        behave(address, **{"delay_seconds": 0, **control})
        return address

    return start


def behave(address: str, **control: object) -> None:
    assert httpx.post(f"{address}/control", json=control, trust_env=False).status_code == 200


def owed(address: str) -> int:
    return int(httpx.get(f"{address}/control", trust_env=False).json()["owed"])


def callback(serve: Serve, desk: Desk) -> str:
    return f"{serve(desk.app())}/api/callbacks/means_check"


def complete(reply: Reply) -> bool:
    return "monthly_income_fen" in reply.data


def test_a_signed_request_is_answered_later_by_a_signed_report(serve: Serve, bureau: Bureau) -> None:
    desk = Desk()
    request = asking(callback=callback(serve, desk))
    address = bureau(delay_seconds=0.5)
    answer = ask(address, request)
    assert (answer.status_code, answer.json(), desk.seen) == (202, {"key": "k1"}, [])
    until(lambda: desk.replies)
    declared = read_declared(request.data)
    assert declared is not None
    assert desk.replies == [Reply(key="k1", data=report_of(declared, key="k1"))]
    until(lambda: owed(address) == 0)


def test_the_same_request_sent_again_is_reported_once(serve: Serve, bureau: Bureau) -> None:
    desk = Desk()
    request = asking(callback=callback(serve, desk))
    address = bureau(delay_seconds=0.3)
    assert [ask(address, request).status_code for _ in range(3)] == [202, 202, 202]
    until(lambda: owed(address) == 0)
    assert ask(address, request).status_code == 202
    assert owed(address) == 0
    assert len(desk.replies) == 1


def test_one_key_cannot_stand_for_two_requests(bureau: Bureau) -> None:
    address = bureau(delay_seconds=60)
    assert ask(address, asking()).status_code == 202
    assert ask(address, asking(deposits_fen=1)).status_code == 409


def test_a_request_with_a_wrong_signature_is_not_taken(bureau: Bureau) -> None:
    address = bureau()
    refused = ask(address, asking(), secret=INCOMING)
    assert (refused.status_code, refused.json()) == (401, {"code": "signature-wrong"})
    assert httpx.post(f"{address}/reports", json={}, trust_env=False).json() == {"code": "signature-missing"}
    assert httpx.get(f"{address}/control", trust_env=False).json()["taken"] == 0


@pytest.mark.parametrize("changed", [{"deposits_fen": -1}, {"deposits_fen": "1"}, {"vehicles": None}, {"member_names": "x"}])
def test_a_request_whose_data_cannot_be_used_is_refused(bureau: Bureau, changed: dict[str, object]) -> None:
    assert ask(bureau(), asking(**changed)).status_code == 422


def test_a_request_without_an_address_for_the_reply_is_refused(bureau: Bureau) -> None:
    assert ask(bureau(), asking(callback="file:///etc/hosts")).status_code == 422


def test_a_flood_is_refused_unread(bureau: Bureau) -> None:
    answer = httpx.post(f"{bureau()}/reports", content=b"." * 1_500_000, trust_env=False)
    assert answer.status_code == 413


@pytest.mark.parametrize("control", [{"mode": "asleep"}, {"delay_seconds": -1}, {"pause": 3}, []])
def test_an_unknown_behaviour_is_refused(bureau: Bureau, control: object) -> None:
    assert httpx.post(f"{bureau()}/control", json=control, trust_env=False).status_code == 400


def test_while_down_nothing_is_taken_or_reported_and_afterwards_what_was_owed_comes(serve: Serve, bureau: Bureau) -> None:
    desk = Desk()
    address = bureau(delay_seconds=0.2)
    back = callback(serve, desk)
    assert ask(address, asking(callback=back)).status_code == 202
    behave(address, mode="down", delay_seconds=0.2)
    assert ask(address, asking(key="k2", callback=back)).status_code == 503
    assert (owed(address), desk.seen) == (1, [])
    behave(address, mode="normal", delay_seconds=0)
    until(lambda: desk.replies)
    assert [reply.key for reply in desk.replies] == ["k1"]


def test_while_broken_the_report_does_not_follow_the_agreed_form(serve: Serve, bureau: Bureau) -> None:
    desk = Desk(wanted=complete)
    address = bureau(mode="broken")
    assert ask(address, asking(callback=callback(serve, desk))).status_code == 202
    until(lambda: desk.seen)
    assert desk.seen[0] == Reply(key="k1", data=broken_report())
    behave(address, mode="normal", delay_seconds=0)
    until(lambda: desk.replies)
    until(lambda: owed(address) == 0)


def test_while_slow_the_answer_itself_takes_its_time_but_the_request_is_safe(serve: Serve, bureau: Bureau) -> None:
    desk = Desk()
    address = bureau(mode="slow", delay_seconds=30)
    request = asking(callback=callback(serve, desk))
    with pytest.raises(httpx.ReadTimeout):
        ask(address, request, timeout=0.5)
    assert owed(address) == 1
    behave(address, mode="normal", delay_seconds=0)
    assert ask(address, request).status_code == 202
    until(lambda: desk.replies)
    assert len(desk.replies) == 1


def test_a_report_that_is_not_acknowledged_is_sent_again_until_it_is(serve: Serve, bureau: Bureau) -> None:
    desk = Desk(refusals=2)
    address = bureau()
    assert ask(address, asking(callback=callback(serve, desk))).status_code == 202
    until(lambda: owed(address) == 0)
    assert (len(desk.seen), len(desk.replies)) == (3, 1)
    assert len({msgspec.json.encode(reply) for reply in desk.seen}) == 1


def test_a_killed_simulator_reports_after_its_restart_what_it_had_taken(serve: Serve, tmp_path: Path) -> None:
    desk = Desk()
    back = callback(serve, desk)
    process, address = start_process(tmp_path)
    try:
        behave(address, delay_seconds=600)
        assert ask(address, asking(callback=back)).status_code == 202
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    process, address = start_process(tmp_path)
    try:
        behave(address, delay_seconds=0)
        until(lambda: owed(address) == 0)
        assert [reply.key for reply in desk.replies] == ["k1"]
    finally:
        process.terminate()
        assert process.wait(10) in (0, -signal.SIGTERM)
    assert (tmp_path / "means_check.sqlite3").stat().st_mode & 0o077 == 0


def start_process(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [sys.executable, "-c", START, str(folder), str(port), OUTGOING.decode(), INCOMING.decode()]
    process = subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    address = f"http://127.0.0.1:{port}"
    until(lambda: answers(address) or process.poll() is not None, seconds=20)
    assert process.poll() is None
    return process, address


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("path", CONNECTORS, ids=lambda path: path.parts[-3])
def test_the_simulator_speaks_what_the_connector_document_says(path: Path) -> None:
    operation = json.loads(path.read_text())["operations"]["request_report"]
    assert operation["path"] == "/reports"
    assert set(operation["request"]["required"]) == set(Declared.__struct_fields__)
    jsonschema.validate(asking().data, operation["request"])
    assert list(jsonschema.Draft202012Validator(operation["reply"]).iter_errors(broken_report()))


AMOUNTS = st.integers(0, 10**12)


@given(st.builds(Declared, **dict.fromkeys(Declared.__struct_fields__[4:], AMOUNTS)), st.text(st.characters(codec="ascii")))
def test_every_report_follows_the_agreed_form_and_is_the_same_for_the_same_key(declared: Declared, key: str) -> None:
    report: dict[str, Any] = report_of(declared, key=key)
    assert report == report_of(declared, key=key)
    for path in CONNECTORS:
        jsonschema.validate(report, json.loads(path.read_text())["operations"]["request_report"]["reply"])
    for name in ("monthly_income_fen", "vehicles", "properties"):
        assert report[name] == getattr(declared, name)
    for name in ("deposits_fen", "securities_fen"):
        assert getattr(declared, name) <= report[name] <= getattr(declared, name) * 102 // 100
