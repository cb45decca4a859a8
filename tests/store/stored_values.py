"""Values to store, complete and different from each other, and a store to put them in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from server.cases.model import (
    Application,
    AuditEvent,
    Case,
    Happening,
    MadeDecision,
    Message,
    PublicNotice,
    Request,
    Supplement,
    Task,
    Timer,
)
from server.cases.outcome import Outcome
from server.cases.people import Account, Unit
from server.forms.data import FormData
from server.processes.state import Ended, Scope, State, Token
from server.rules.tables import Decision
from server.store import DraftRow, Keyring, Store, open_store
from server.types import ApplicationId, CaseId, ItemId, RegionCode, ReleaseId, ServiceId, TaskId

T = TypeVar("T")

KEYS = Keyring(current="k1", keys={"k1": b"1" * 32}, person_key=b"p" * 32)
NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
SERVICE, RELEASE, ITEM = ServiceId("province/service"), ReleaseId("sha256:" + "0" * 64), ItemId("benefit")
COUNTY = RegionCode("990102")
UNIT = Unit(agency="welfare", level="township", region=RegionCode("990102001"))
ID_NUMBER = "99010219620415003X"
NAME = "Zhao Example"


def run(folder: Path, act: Callable[[Store], Awaitable[T]], keys: Keyring = KEYS) -> T:
    """What `act` returns, with a store that is open while it runs."""

    async def with_store() -> T:
        store = await open_store(folder, keys)
        try:
            return await act(store)
        finally:
            await store.close()

    return asyncio.run(with_store())


def account(number: int = 1, /, **changes: Any) -> Account:
    values: dict[str, Any] = {
        "id": f"account-{number}",
        "kind": "applicant",
        "login": f"1390000{number:04}",
        "name": NAME,
        "created_at": NOW,
    }
    return Account(**(values | changes))


def state(**changes: Any) -> State:
    values: dict[str, Any] = {
        "process": "handling",
        "tokens": (
            Token(id="k1", node="review", entered_at=NOW, scope="s1"),
            Token(id="k2", node="call", entered_at=NOW, round=2),
        ),
        "scopes": (Scope(id="s1", kind="each", owner="k3", process="handling", row={"name": NAME, "amount": 12}),),
        "variables": {"review.amount": 10, "review.list": ["a", None, True], "call.found": {"deep": [1, 2]}},
        "rounds": {"review": 1},
        "next_number": 4,
        "children": {"k3": ("benefit",)},
        "ended": Ended(node="end", code="granted", reason="all is well", at=NOW),
    }
    return State(**(values | changes))


def application(number: int = 1, /, **changes: Any) -> Application:
    values: dict[str, Any] = {
        "id": ApplicationId(f"application-{number}"),
        "number": f"N{number:06}",
        "service_id": SERVICE,
        "release_id": RELEASE,
        "region": COUNTY,
        "person": KEYS.person_hash(ID_NUMBER),
        "applicant_name": NAME,
        "account_id": "account-1",
        "submitted_at": NOW + timedelta(seconds=number),
        "data": FormData(
            values={"/applicant/name": NAME, "/applicant/id_number": ID_NUMBER},
            rows={"/members": ("k7f2", "a001")},
            raw={"/income": "about ten"},
            touched=frozenset({"/applicant/name"}),
        ),
        "instance": {"applicant": {"name": NAME, "id_number": ID_NUMBER, "phone": "13900000001"}, "members": [{"age": 70}]},
        "intake": state(process="intake"),
    }
    return Application(**(values | changes))


def case(number: int = 1, application_id: str = "application-1", /, **changes: Any) -> Case:
    decision = Decision(table="grade", row="r1", inputs={"age": 70}, outputs={"grade": "a"}, reason="old enough", source="law 3")
    values: dict[str, Any] = {
        "id": CaseId(f"case-{number}"),
        "number": f"C{number:06}",
        "application_id": ApplicationId(application_id),
        "service_id": SERVICE,
        "release_id": RELEASE,
        "item": ITEM,
        "region": COUNTY,
        "opened_at": NOW,
        "accepted_on": date(2026, 3, 3),
        "state": state(),
        "decisions": (MadeDecision(node="grade", at=NOW, decision=decision),),
        "supplement": Supplement(node="ask", fields=("a.b",), materials=("id_card",), note="please", until=NOW),
        "history": (Happening(at=NOW, kind="submitted", title="Submitted", text="by " + NAME, actor="account-1"),),
        "due_at": NOW + timedelta(days=20),
    }
    return Case(**(values | changes))


def task(number: int = 1, case_id: str = "case-1", /, **changes: Any) -> Task:
    values: dict[str, Any] = {
        "id": TaskId(f"task-{number}"),
        "case_id": CaseId(case_id),
        "case_number": "C000001",
        "service_id": SERVICE,
        "item": ITEM,
        "node": "review",
        "token": "k1",
        "round": 1,
        "title": "Review",
        "agency": UNIT.agency,
        "level": UNIT.level,
        "region": UNIT.region,
        "form": "review",
        "opened_at": NOW,
        "due_at": NOW + timedelta(days=3),
        "answers": {"note": "lives with " + NAME, "count": 3},
    }
    return Task(**(values | changes))


def timer(number: int = 1, case_id: str = "case-1", /, **changes: Any) -> Timer:
    values: dict[str, Any] = {
        "id": f"timer-{number}",
        "case_id": CaseId(case_id),
        "token": "k1",
        "timer": "timeout",
        "due_at": NOW + timedelta(days=number),
    }
    return Timer(**(values | changes))


def request(number: int = 1, case_id: str = "case-1", /, **changes: Any) -> Request:
    values: dict[str, Any] = {
        "key": f"request-{number}",
        "case_id": CaseId(case_id),
        "case_number": "C000001",
        "token": "k2",
        "connector": "registry",
        "operation": "look_up",
        "data": {"id_number": ID_NUMBER},
        "created_at": NOW + timedelta(minutes=number),
    }
    return Request(**(values | changes))


def message(number: int = 1, /, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "id": f"message-{number}",
        "application_id": ApplicationId("application-1"),
        "case_id": CaseId("case-1"),
        "account_id": "account-1",
        "at": NOW + timedelta(minutes=number),
        "channel": "message",
        "subject": "Your application",
        "text": f"Dear {NAME}, number {number}",
    }
    return Message(**(values | changes))


def notice(number: int = 1, case_id: str = "case-1", /, **changes: Any) -> PublicNotice:
    values: dict[str, Any] = {
        "id": f"notice-{number}",
        "case_id": CaseId(case_id),
        "service_id": SERVICE,
        "item": ITEM,
        "token": "k1",
        "region": COUNTY,
        "subject": "Notice",
        "text": "A household is granted the benefit.",
        "published_at": NOW + timedelta(minutes=number),
        "until": NOW + timedelta(days=7),
    }
    return PublicNotice(**(values | changes))


def event(chain: str = "case-1", action: str = "submit", **details: Any) -> AuditEvent:
    return AuditEvent(chain=chain, at=NOW, actor="account-1", action=action, details=details)


def draft(number: int = 1, /, **changes: Any) -> DraftRow:
    values: dict[str, Any] = {
        "id": f"draft-{number}",
        "account_id": "account-1",
        "service_id": SERVICE,
        "release_id": RELEASE,
        "data": FormData(values={"/applicant/name": NAME}, rows={"/members": ("k7f2",)}, touched=frozenset({"/applicant/name"})),
        "visited": frozenset({"applicant", "members"}),
        "saved_at": NOW + timedelta(seconds=number),
    }
    return DraftRow(**(values | changes))


def submission(number: int = 1, *, tasks: int = 1) -> Outcome:
    """An application with one case and its tasks, as a submission makes them."""
    submitted, opened = application(number), case(number, f"application-{number}", number=f"C{number:06}")
    return Outcome(
        application=submitted,
        cases=(opened,),
        tasks=tuple(task(number * 100 + index, opened.id, case_number=opened.number) for index in range(tasks)),
        events=(event(submitted.id, "submit"), event(opened.id, "open_case", item=ITEM)),
    )
