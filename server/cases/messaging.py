"""Messages to a case: the applicant's supplement or withdrawal, an objection to a public notice, and what else it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from server.cases.acts import Act, fingerprint
from server.cases.happenings import OBJECTION, SUPPLEMENT, WITHDRAW, words_of
from server.cases.model import Application, Case, Dossier, Objection, Supplement
from server.cases.moving import move
from server.cases.outcome import Invalid, Outcome, joined
from server.cases.supplementing import asked_pointers, is_asked, missing_files, supplemented
from server.cases.views import applicant_name, is_inside, node_of, place_of
from server.definitions.process import PublicNotice
from server.findings import Refused
from server.forms.data import FormData
from server.forms.settle import settle
from server.forms.validate import validate
from server.processes.events import MessageArrived
from server.releases import Release
from server.types import JsonValue


def supplement(
    release: Release, dossier: Dossier, *, data: FormData, account_id: str, now: datetime, ids: Iterator[str]
) -> Outcome | Invalid | Refused:
    """The application with what was asked for, and the case going on; everything not asked for keeps its value.

    Only problems of what was asked for are reported: the applicant can change nothing else. The case moves to the offices
    of a corrected address as long as the release applies there.
    """
    case, asked = dossier.case, dossier.case.supplement
    if asked is None:
        return Refused("already-ended" if case.ended_at is not None else "nothing-asked")
    application = _answered(release, dossier.application, case, asked, data, now)
    if isinstance(application, Invalid):
        return application
    place = place_of(release, application.data)
    moved = msgspec.structs.replace(case, region=place if is_inside(release, place) else case.region)
    act = Act(
        action="supplement",
        actor=account_id,
        now=now,
        ids=ids,
        words=words_of(release, asked.fields, asked.materials),
        details={
            "node": asked.node,
            "fields": list(asked.fields),
            "materials": list(asked.materials),
            "submission": fingerprint(application.instance),
        },
    )
    changed = msgspec.structs.replace(dossier, application=application, case=moved)
    outcome = move(release, changed, MessageArrived(name=SUPPLEMENT), act=act)
    if isinstance(outcome, Refused):
        return outcome
    return joined(Outcome(application=application, events=(act.event(application.id),)), outcome)


def can_withdraw(release: Release, case: Case) -> bool:
    """Whether the applicant may still take a case back: its process listens for that, and no final step is done."""
    listens = WITHDRAW in release.processes[case.state.process].definition.on
    return listens and case.ended_at is None and not case.state.final


def withdraw(
    release: Release, dossier: Dossier, *, reason: str, account_id: str, now: datetime, ids: Iterator[str]
) -> Outcome | Refused:
    """The case as its process ends it for an applicant who withdraws; `too-late` after a final step."""
    act = Act(action="withdraw", actor=account_id, now=now, ids=ids, words=reason, details={"reason": fingerprint(reason)})
    return move(release, dossier, MessageArrived(name=WITHDRAW), act=act)


def object_to_notice(
    release: Release, dossier: Dossier, *, note: str, account_id: str, now: datetime, ids: Iterator[str]
) -> Outcome | Refused:
    """The case after an objection to its public notice; the note stays with the case, for officials."""
    node = _shown_notice(release, dossier.case)
    if node is None:
        return Refused("already-ended" if dossier.case.ended_at is not None else "not-expected")
    made = Objection(node=node, at=now, note=note, actor=account_id)
    case = msgspec.structs.replace(dossier.case, objections=(*dossier.case.objections, made))
    act = Act(action="object", actor=account_id, now=now, ids=ids, details={"node": node, "note": fingerprint(note)})
    return move(release, msgspec.structs.replace(dossier, case=case), MessageArrived(name=OBJECTION), act=act)


def send(
    release: Release,
    dossier: Dossier,
    *,
    name: str,
    payload: dict[str, JsonValue],
    account_id: str,
    now: datetime,
    ids: Iterator[str],
) -> Outcome | Refused:
    """The case after any other message that its process waits for."""
    act = Act(action="message", actor=account_id, now=now, ids=ids, details={"name": name, "payload": fingerprint(payload)})
    return move(release, dossier, MessageArrived(name=name, payload=payload), act=act)


def _answered(
    release: Release, application: Application, case: Case, asked: Supplement, data: FormData, now: datetime
) -> Application | Invalid:
    pointers = asked_pointers(release.form, asked)
    context = release.context(case.region, now, day=case.accepted_on)
    settled = settle(release.form, supplemented(application.data, data, pointers), context)
    problems = validate(release.form, settled, context=context).problems
    wrong = tuple(problem for problem in problems if is_asked(problem.pointer, pointers))
    missing = missing_files(release, asked, settled.data)
    if wrong or missing:
        return Invalid((*wrong, *missing))
    name = applicant_name(release, settled.data)
    return msgspec.structs.replace(application, applicant_name=name, data=settled.data, instance=settled.instance)


def _shown_notice(release: Release, case: Case) -> str | None:
    for token in case.state.tokens:
        if isinstance(node_of(release, case.state, node=token.node, token=token.id), PublicNotice):
            return token.node
    return None
