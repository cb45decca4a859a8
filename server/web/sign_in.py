"""Signing in with a phone number and a one-time code, and leaving again."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec
from litestar import Response, get, post

from server.actions import signing_in
from server.findings import Refused
from server.messages.pages import NOTES, refusal_text
from server.web import cookies
from server.web.access import office_of, visit_of
from server.web.requests import AnyRequest, client_of, local_path, posted, query, see_other
from server.web.templating import render_page


class PhonePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/sign_in.html`."""

    next: str
    phone: str = ""
    error: str = ""
    #: Why one has to sign in, if there is something to say.
    note: str = ""


class CodePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/code.html`."""

    next: str
    phone: str
    phone_masked: str
    #: How long the code is good for; 0 when that is not known any more.
    minutes: int
    #: The simulator's page where the message can be read; empty outside a demonstration.
    sms_page: str
    error: str = ""


@get("/sign-in", opt={"access": "public"})
async def ask_phone(request: AnyRequest) -> Response[Any]:
    """The page that asks for the phone number; who is signed in goes on."""
    target = local_path(query(request, "next"))
    session = visit_of(request).signed_in
    if session is not None and session.kind == "applicant":
        return see_other(target)
    note = query(request, "note")
    words = NOTES.get("kept" if query(request, "kept") else note, "")
    return render_page(request, "public/sign_in.html", PhonePage(next=target, note=words))


@post("/sign-in", opt={"access": "public"})
async def send_code(request: AnyRequest) -> Response[bytes]:
    """Sends the code and asks for it; the phone number stays out of the address."""
    body = posted(request)
    phone, target = digits(body.first("phone")), local_path(body.first("next"))
    sent = await signing_in.request_code(office_of(request), phone=phone, client=client_of(request))
    if isinstance(sent, Refused):
        page = PhonePage(next=target, phone=body.first("phone")[:30], error=refusal_text(sent))
        return render_page(request, "public/sign_in.html", page, status=429 if sent.reason == "too-many-codes" else 422)
    return render_page(request, "public/code.html", _code_page(request, phone, sent.minutes, target))


@post("/sign-in/code", opt={"access": "public"})
async def check_code(request: AnyRequest) -> Response[Any]:
    """Opens a session when the code is right."""
    body, office = posted(request), office_of(request)
    phone, code, target = digits(body.first("phone")), digits(body.first("code")), local_path(body.first("next"))
    result: signing_in.SignedIn | Refused = Refused("code-form")
    if re.fullmatch(r"\d{6}", code):
        result = await signing_in.verify_code(office, phone=phone, code=code, client=client_of(request))
    if isinstance(result, Refused):
        page = _code_page(request, phone, 0, target, refusal_text(result))
        return render_page(request, "public/code.html", page, status=422)
    await end_session(request)
    return see_other(target, cookies.session_cookie(result.token, secure=office.settings.secure_cookies))


@post("/sign-out", opt={"access": "public"})
async def leave(request: AnyRequest) -> Response[Any]:
    """Ends the session."""
    await end_session(request)
    return see_other("/sign-in?note=signed-out", cookies.expired_cookie(cookies.SESSION))


@get("/session", opt={"access": "public"}, status_code=200)
async def session_left(request: AnyRequest) -> dict[str, int]:
    """Seconds the session has left; asking keeps it alive."""
    session = visit_of(request).signed_in
    seconds = (session.expires_at - office_of(request).clock()).total_seconds() if session is not None else 0
    return {"seconds": int(seconds)}


async def end_session(request: AnyRequest) -> None:
    """Ensures the session this browser came with is of no more use, whoever it belonged to."""
    token = visit_of(request).token
    if token:
        await signing_in.sign_out(office_of(request), token=token)


def digits(text: str) -> str:
    """What was typed as plain digits: full-width digits, spaces and dashes are forgiven."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))[:30]


def _code_page(request: AnyRequest, phone: str, minutes: int, target: str, error: str = "") -> CodePage:
    settings = office_of(request).settings
    masked = f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else phone
    return CodePage(next=target, phone=phone, phone_masked=masked, minutes=minutes, sms_page=settings.sms_page, error=error)


ROUTES = (ask_phone, send_code, check_code, leave, session_left)
