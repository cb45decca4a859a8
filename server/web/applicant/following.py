"""After submitting: the receipt, own applications, progress of every item, withdrawing."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from server.actions import applying, following
from server.actions.printing import progress_address
from server.findings import Refused
from server.forms.settle import settle
from server.forms.summary import SummaryGroup, summary
from server.messages.pages import CASE_STATES, NOTES, refusal_text
from server.paper.pictures import qr_code
from server.web.access import actor_of, office_of
from server.web.failures import Missing
from server.web.requests import AnyRequest, posted, query, see_other
from server.web.templating import render_page

_LONGEST_REASON = 500


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/overview.html`."""

    overview: following.Overview
    note: str = ""


class ReceiptPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/receipt.html`."""

    application: following.ApplicationView
    phone: str
    #: QR code of the progress page.
    code: bytes


class ApplicationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/application.html`."""

    application: following.ApplicationView
    #: State of a case: words and tone.
    states: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: CASE_STATES)
    note: str = ""


class SubmittedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/submitted.html`."""

    application: following.ApplicationView
    groups: tuple[SummaryGroup, ...]


class WithdrawPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `applicant/withdraw.html`."""

    number: str
    case: following.CaseView
    reason: str = ""
    error: str = ""


@get("/applications", opt={"access": "applicant"})
async def overview(request: AnyRequest) -> Response[bytes]:
    """Drafts to go on with and applications on their way."""
    listed = await following.applications_of(office_of(request), actor=actor_of(request))
    return render_page(
        request, "applicant/overview.html", OverviewPage(overview=listed, note=NOTES.get(query(request, "note"), ""))
    )


@get("/applications/{number:str}/receipt", opt={"access": "applicant"})
async def receipt(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """The receipt of an application just submitted."""
    view = await _application(request, number)
    code = qr_code(progress_address(office_of(request), number))
    return render_page(request, "applicant/receipt.html", ReceiptPage(application=view, phone=actor_of(request).phone, code=code))


@get("/applications/{number:str}", opt={"access": "applicant"})
async def application(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """How far every item is, what is asked, and the results."""
    view = await _application(request, number)
    return render_page(
        request, "applicant/application.html", ApplicationPage(application=view, note=NOTES.get(query(request, "note"), ""))
    )


@get("/applications/{number:str}/answers", opt={"access": "applicant"})
async def answers(request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
    """What was submitted."""
    view = await _application(request, number)
    context = applying.context(office_of(request), release=view.release, data=view.data)
    groups = summary(view.release.form, settle(view.release.form, view.data, context))
    return render_page(request, "applicant/submitted.html", SubmittedPage(application=view, groups=groups))


@get("/applications/{number:str}/withdraw/{case_id:str}", opt={"access": "applicant"})
async def ask_withdraw(request: AnyRequest, number: FromPath[str], case_id: FromPath[str]) -> Response[bytes]:
    """Asks before an item is withdrawn."""
    return render_page(
        request, "applicant/withdraw.html", WithdrawPage(number=number, case=await _case(request, number, case_id))
    )


@post("/applications/{number:str}/withdraw/{case_id:str}", opt={"access": "applicant"})
async def withdraw(request: AnyRequest, number: FromPath[str], case_id: FromPath[str]) -> Response[Any]:
    """Withdraws one item."""
    reason = " ".join(posted(request).first("reason").split())[:_LONGEST_REASON]
    result = await following.withdraw(office_of(request), actor=actor_of(request), number=number, case_id=case_id, reason=reason)
    if isinstance(result, Refused):
        page = WithdrawPage(number=number, case=await _case(request, number, case_id), reason=reason, error=refusal_text(result))
        return render_page(request, "applicant/withdraw.html", page, status=409)
    return see_other(f"/applications/{number}?note=withdrawn")


async def _application(request: AnyRequest, number: str) -> following.ApplicationView:
    view = await following.application(office_of(request), actor=actor_of(request), number=number)
    if isinstance(view, Refused):
        raise Missing
    return view


async def _case(request: AnyRequest, number: str, case_id: str) -> following.CaseView:
    view = await _application(request, number)
    case = next((case for case in view.cases if case.id == case_id), None)
    if case is None:
        raise Missing
    return case


ROUTES = (overview, receipt, application, answers, ask_withdraw, withdraw)
