"""Whatever is asked, in whatever way: an answer, never a failure, and the headers that protect on every one."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hostile_town import Run, Town, head, spoken, status_of

from server.web.headers import POLICY

METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")
NOWHERE = ("/nowhere", "/apply", "/static", "/favicon.ico", "/robots.txt", "/.env", "/.git/config", "/wp-login.php", "*")
PATHS = (
    "/apply/%00",
    "/apply/%ff%fe",
    "/apply/%ed%a0%80",
    "/apply/%zz%",
    "/apply/a%0d%0aset-cookie:%20x=1",
    "/services/%ff/%00",
    "/services/shanxi/social_assistance/texts/..%2f..%2fbundle",
    "/files/..%2f..%2fkeys.json",
    "/files/%2e%2e/keys.json",
    "/static/x/../../../../etc/passwd",
    "/static/x/..%2f..%2f..%2fetc%2fpasswd",
    "/static/x/%2e%2e/%2e%2e/keys.json",
    "/static/x//etc/passwd",
    "/static/x/site.css%00",
    "/static/x/..\\..\\keys.json",
    "/admin/static/x/../../keys.json",
    "//elsewhere.example/",
    "/notices?after=%00%ff",
    "/notices?after=9999",
    "/sign-in?%ff=%zz&&&;;==",
    "/staff/sign-in?next=javascript:alert(1)&kind=%00",
    "/session?" + "a=b&" * 10_000,
    "/" + "a" * 50_000,
)


def addresses(town: Town) -> list[str]:
    return sorted({re.sub(r"\{[^}]*\}", "none", path) for _, path, _ in town.handlers()}) + list(NOWHERE)


def headers_of(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_at_every_address_is_answered(town: Town, run: Run, method: str) -> None:
    async def ask() -> dict[str, int]:
        found = {}
        for path in addresses(town):
            answer = await spoken(town.address, head(method, path))
            found[path] = status_of(answer)
            assert headers_of(answer)["content-security-policy"], path
        return found

    statuses = run(ask())
    expected = {"HEAD": {200, 303, 404, 405}, "OPTIONS": {204, 404}}.get(method, {404, 405})
    assert {path: status for path, status in statuses.items() if status not in expected} == {}


def test_the_head_of_a_page_is_that_of_the_page_without_the_page(town: Town, run: Run) -> None:
    async def compare() -> None:
        for path in ("/", "/applications", "/notices", "/nowhere", "/static/x/site.css"):
            whole, alone = [await spoken(town.address, head(method, path)) for method in ("GET", "HEAD")]
            assert status_of(whole) == status_of(alone), path
            assert headers_of(whole).get("content-type") == headers_of(alone).get("content-type")
            assert alone.endswith(b"\r\n\r\n"), path

    run(compare())


def test_a_question_for_the_methods_names_them_to_anybody(town: Town, run: Run) -> None:
    async def ask() -> list[str]:
        return [headers_of(await spoken(town.address, head("OPTIONS", path)))["allow"] for path in ("/", "/sign-out", "/staff")]

    assert run(ask()) == ["GET, OPTIONS", "OPTIONS, POST", "GET, OPTIONS"]


@pytest.mark.parametrize("path", PATHS, ids=[path[:60] for path in PATHS])
def test_no_address_leads_out_of_its_folder_or_breaks_a_page(town: Town, run: Run, path: str) -> None:
    answer = run(spoken(town.address, head("GET", path)))
    assert status_of(answer) in (200, 303, 400, 404)
    assert b"session_secret" not in answer and b"root:" not in answer
    headers = headers_of(answer)
    assert "set-cookie" not in headers or headers["set-cookie"].startswith("onething_visitor=")
    assert headers.get("location", "/").startswith(("/sign-in?", "/staff/sign-in?", "/"))
    assert not headers.get("location", "/").startswith("//")


@pytest.mark.parametrize(
    "target",
    [
        "//elsewhere.example",
        "/%5Celsewhere.example",
        "/%09/elsewhere.example",
        "https:elsewhere.example",
        "https://elsewhere.example",
        "%20//elsewhere.example",
        "/%0d%0aset-cookie:%20x=1",
        "javascript:alert(1)",
        "data:text/html,x",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(town: Town, run: Run, target: str) -> None:
    headers = headers_of(run(spoken(town.address, head("GET", f"/display/large?next={target}"))))
    assert headers["location"] in ("/applications", "/")
    assert set(headers["set-cookie"].partition("=")[::2]) & {"onething_display"}


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "onething_session=\xe4\xbd\xa0; =;;; onething_visitor"},
        {"cookie": "a=" + "x" * 50_000},
        {"cookie": "; ".join(f"a{number}=b" for number in range(3_000))},
        {"x_a": "x" * 50_000},
        {"accept_encoding": "\xff\xfe", "if_none_match": "*", "range": "bytes=0-1"},
        {"upgrade": "websocket", "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==", "sec_websocket_version": "13"},
        {"sec_fetch_site": "\xff", "hx_request": "true", "content_type": ";;;;\xff"},
        {"x_forwarded_for": "'; drop", "x_forwarded_host": "elsewhere.example", "forwarded": "for=\xff"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_strange_headers_change_nothing(town: Town, run: Run, headers: dict[str, str]) -> None:
    async def ask() -> list[int]:
        asked = (("GET", "/"), ("GET", "/applications"), ("POST", "/sign-in"))
        answers = [await spoken(town.address, head(method, path, **headers)) for method, path in asked]
        assert not any(b"elsewhere.example" in answer for answer in answers)
        return [status_of(answer) for answer in answers]

    first, second, third = run(ask())
    assert first == 200 and second in (303, 401) and third == 403


def test_whoever_leaves_in_the_middle_of_a_post_is_no_failure(town: Town, run: Run, log: list[dict[str, Any]]) -> None:
    async def leave() -> None:
        for path in ("/sign-in", "/connectors/means_check/replies"):
            request = head("POST", path, content_type="application/x-www-form-urlencoded", content_length="100").replace(
                b"connection: close\r\n", b""
            )
            await spoken(town.address, request + b"phone=1", leave=True)
        await asyncio.sleep(0)
        # The answer to somebody who comes later; what was to be logged has been logged by then.
        visitor = town.visitor()
        for _ in range(3):
            await visitor.open("/")

    run(leave())
    assert log == []


def test_every_answer_forbids_scripts_frames_and_keeping(town: Town, run: Run) -> None:
    async def look() -> None:
        applicant, actor = await town.applicant()
        draft = await town.draft(actor)
        pages = (
            "/",
            "/applications",
            f"/apply/{draft.id}",
            f"/apply/{draft.id}/check",
            "/nowhere",
            "/staff",
            "/session",
            "/notices",
        )
        for path in pages:
            headers = (await applicant.client.get(path)).headers
            assert headers["content-security-policy"] == POLICY, path
            assert headers["cache-control"] == "no-store", path
            assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
            assert headers["referrer-policy"] == "same-origin"
            assert headers["content-type"].count("charset") <= 1, path

    run(look())
