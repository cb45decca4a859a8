"""The simulated message gateway over real HTTP: what is shown, to whom, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from far_side import INCOMING, Serve, bound, post_signed

from server.connect.envelope import TextMessage
from server.simulators.sms import KEPT_MESSAGES, Arrived, Gateway, create_app

PHONE = "13800000000"


@pytest.fixture
def gateway(serve: Serve, tmp_path: Path) -> str:
    """Address of a running, empty gateway."""
    return serve(create_app(bound("http://127.0.0.1"), tmp_path))


def send(
    gateway: str, text: str = "验证码 123456", *, key: str = "m1", to: str = PHONE, secret: bytes | None = None
) -> httpx.Response:
    message = TextMessage(key=key, to=to, text=text)
    url = f"{gateway}/messages"
    return post_signed(url, message) if secret is None else post_signed(url, message, secret=secret)


def inbox(gateway: str, phone: str = PHONE) -> str:
    page = httpx.get(f"{gateway}/inbox", params={"phone": phone}, trust_env=False)
    assert page.status_code == 200
    return page.text


def test_a_signed_message_is_shown_in_the_inbox_of_its_telephone_only(gateway: str) -> None:
    assert send(gateway).status_code == 202
    assert "验证码 123456" in inbox(gateway)
    assert "验证码 123456" in inbox(gateway, "138 0000-0000")
    assert "还没有收到短信" in inbox(gateway, "13900000000")


def test_the_newest_message_stands_first_and_a_repeated_one_stands_once(gateway: str) -> None:
    for key, text in (("m1", "first"), ("m2", "second"), ("m1", "first")):
        assert send(gateway, text, key=key).status_code == 202
    page = inbox(gateway)
    assert page.index("second") < page.index("first")
    assert page.count("first") == 1


def test_a_message_with_a_wrong_signature_is_not_shown(gateway: str) -> None:
    assert send(gateway, secret=INCOMING).status_code == 401
    assert httpx.post(f"{gateway}/messages", json={"to": PHONE, "text": "x"}, trust_env=False).status_code == 401
    assert "还没有收到短信" in inbox(gateway)


@pytest.mark.parametrize(
    ("to", "text"), [("", "x"), ("１３８００００００００", "x"), ("call me", "x"), (PHONE, ""), (PHONE, "x" * 501)]
)
def test_a_message_no_telephone_could_show_is_refused(gateway: str, to: str, text: str) -> None:
    assert send(gateway, text, to=to).status_code == 422


def test_texts_and_numbers_are_shown_as_text_never_as_markup(gateway: str) -> None:
    assert send(gateway, "<script>alert(1)</script>").status_code == 202
    assert "<script>" not in inbox(gateway)
    assert "<script>" not in inbox(gateway, '"><script>')


def test_the_page_asks_for_a_number_and_never_reloads_by_itself(gateway: str) -> None:
    asking = httpx.get(f"{gateway}/inbox", trust_env=False)
    assert '<label for="phone">' in asking.text
    assert 'http-equiv="refresh"' not in asking.text + inbox(gateway)


def test_the_page_loads_nothing_but_its_own_style_and_is_kept_nowhere(gateway: str) -> None:
    page = httpx.get(f"{gateway}/inbox", params={"phone": PHONE}, trust_env=False)
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    style = httpx.get(f"{gateway}/inbox.css", trust_env=False)
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_an_overlong_number_is_refused(gateway: str) -> None:
    assert httpx.get(f"{gateway}/inbox", params={"phone": "1" * 41}, trust_env=False).status_code == 400


def test_old_messages_are_forgotten_before_memory_fills() -> None:
    kept = Gateway(bound("http://127.0.0.1"))
    for number in range(KEPT_MESSAGES + 1):
        message = TextMessage(key=f"m{number}", to=PHONE, text="x")
        kept.take(Arrived(message=message, arrived_at=datetime(2026, 11, 24, tzinfo=UTC)))
    keys = [arrived.message.key for arrived in kept.inbox(PHONE)]
    assert (len(keys), keys[0], keys[-1]) == (KEPT_MESSAGES, f"m{KEPT_MESSAGES}", "m1")
