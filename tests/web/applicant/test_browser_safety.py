"""What protects a browser: tokens, cookies, local addresses, style and script budgets."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web import cookies, csrf
from server.web.assets import STATIC, STYLES, assets
from server.web.headers import POLICY
from server.web.requests import local_path

SECRET = b"a secret of thirty-two bytes or so"


def test_a_token_is_valid_for_its_own_binding_and_secret_only() -> None:
    token = csrf.make_token(SECRET, "browser-one")
    assert csrf.is_valid(SECRET, "browser-one", token)
    assert not csrf.is_valid(SECRET, "browser-two", token)
    assert not csrf.is_valid(b"another", "browser-one", token)
    assert not csrf.is_valid(SECRET, "", csrf.make_token(SECRET, ""))


def test_a_token_differs_on_every_page() -> None:
    assert len({csrf.make_token(SECRET, "browser") for _ in range(50)}) == 50


@given(st.text(max_size=80))
def test_made_up_tokens_are_refused_without_error(token: str) -> None:
    assert not csrf.is_valid(SECRET, "browser", token)


@given(st.binary(max_size=300))
def test_any_cookie_line_can_be_read(line: bytes) -> None:
    assert isinstance(cookies.read_cookie([(b"cookie", line)], cookies.SESSION), str)


def test_one_cookie_is_found_among_others() -> None:
    headers = [(b"accept", b"*/*"), (b"cookie", b"a=1; onething_session=abc; onething_display=large")]
    assert cookies.read_cookie(headers, cookies.SESSION) == "abc"
    assert cookies.read_cookie(headers, cookies.DISPLAY) == "large"
    assert cookies.read_cookie(headers, cookies.VISITOR) == ""


def test_an_absurdly_long_cookie_counts_as_absent() -> None:
    assert cookies.read_cookie([(b"cookie", b"onething_session=" + b"x" * 500)], cookies.SESSION) == ""


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "", "/a\r\nset-cookie: x=1"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(target: str) -> None:
    assert local_path(target) == "/applications"


def test_after_signing_in_one_goes_on_where_one_was() -> None:
    assert local_path("/apply/abc/applicant") == "/apply/abc/applicant"


def test_scripts_come_from_this_site_only_and_never_inline() -> None:
    assert "script-src 'self';" in POLICY
    assert "unsafe" not in POLICY


def test_the_style_sheet_stays_small() -> None:
    joined = b"\n".join((STATIC / name).read_bytes() for name in STYLES)
    assert len(gzip.compress(joined, 9)) <= 8_000
    assert b"!important" not in joined


def test_the_script_stays_short_and_names_what_works_without_it() -> None:
    lines = (STATIC / "site.js").read_text().splitlines()
    assert len(lines) <= 150
    assert "Without this script" in lines[0]


def test_every_part_of_the_style_sheet_is_in_the_joined_one() -> None:
    joined = assets()["site.css"].plain
    assert all((STATIC / name).read_bytes() in joined for name in STYLES)
