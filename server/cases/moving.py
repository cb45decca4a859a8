"""Moving on: what an event makes of a case, and what the end of a case makes of the application around it."""

from __future__ import annotations

import msgspec

from server.cases.acts import Act
from server.cases.changes import Changes
from server.cases.model import Application, Case, Dossier, Happening, Message
from server.cases.numbers import case_number
from server.cases.outcome import Outcome, joined
from server.cases.views import Known, case_facts, intake_facts
from server.errors import ImpossibleState
from server.findings import Refused
from server.messages.cases import happening_text
from server.processes import effects
from server.processes.advance import advance, initial_state
from server.processes.events import Begun, ChildEnded, Event
from server.releases import Release
from server.types import CaseId, ItemId


def move(release: Release, dossier: Dossier, event: Event, *, act: Act) -> Outcome | Refused:
    """Everything an event changes, the application included when the case ends by it; or why it is refused."""
    outcome = _step(release, dossier, event, act)
    return outcome if isinstance(outcome, Refused) else _gathered(release, dossier.application, outcome, act)


def receive(release: Release, application: Application, *, act: Act, known: Known | None = None) -> Outcome:
    """The application on its way through its intake, with the cases that opens; `known` is what rules know of its answers."""
    outcome = _intake_step(release, application, Begun(), act, known=known)
    return _gathered(release, outcome.application or application, outcome, act)


def _step(release: Release, dossier: Dossier, event: Event, act: Act, *, known: Known | None = None) -> Outcome | Refused:
    case = dossier.case
    process = release.processes[release.service.items.items[case.item].process]
    step = advance(process, case.state, event, case_facts(release, dossier.application, case, act.now, known=known))
    if isinstance(step, Refused):
        return step
    return Changes(release, dossier, event=event, step=step, act=act).outcome()


def _gathered(release: Release, application: Application, outcome: Outcome, act: Act) -> Outcome:
    """The outcome with what the ends of its cases make of the intake; cases that open and end at once included."""
    ended = [case for case in outcome.cases if case.ended_at is not None]
    while ended:
        case = ended.pop(0)
        token = next((token for token, children in application.intake.children.items() if case.item in children), None)
        if token is None:
            continue
        event = ChildEnded(token=token, child=case.item, code=case.result)
        more = _intake_step(release, application, event, act, {"case": case.id, "result": case.result})
        application = more.application or application
        outcome = joined(outcome, more)
        ended += [case for case in more.cases if case.ended_at is not None]
    return outcome


def _intake_step(
    release: Release,
    application: Application,
    event: Event,
    act: Act,
    details: dict[str, str] | None = None,
    *,
    known: Known | None = None,
) -> Outcome:
    """What an event makes of the intake: cases that open, and messages about the application as a whole.

    Whatever else happens there stays in its state; an intake has no tasks, calls, timers or notices of its own.
    """
    process = release.processes[release.service.items.intake]
    step = advance(process, application.intake, event, intake_facts(release, application, act.now, known=known))
    if isinstance(step, Refused):
        raise ImpossibleState(f"the intake refuses {event}: {step.reason}")
    application = msgspec.structs.replace(application, intake=step.state)
    outcome = Outcome(application=application, events=(act.event(application.id, details),))
    for effect in step.effects:
        match effect:
            case effects.ChildRequested():
                outcome = joined(outcome, _opened(release, application, ItemId(effect.child), act, known))
            case effects.Notified():
                outcome = joined(outcome, Outcome(messages=(_message(application, effect, act),)))
            case effects.Decided() | effects.IncidentRaised() | effects.ProcessEnded():
                pass
            case _:
                raise ImpossibleState(f"the intake asks for {effect.node}, which only a case can have")
    return outcome


def _opened(release: Release, application: Application, item: ItemId, act: Act, known: Known | None) -> Outcome:
    items = release.service.items.items
    ranked = sorted(items, key=lambda name: (items[name].order, name))
    submitted = happening_text("submitted")
    case = Case(
        id=CaseId(act.new_id()),
        number=case_number(application.number, position=ranked.index(item) + 1),
        application_id=application.id,
        service_id=application.service_id,
        release_id=release.id,
        item=item,
        region=application.region,
        opened_at=act.now,
        state=initial_state(release.processes[items[item].process]),
        history=(Happening(at=act.now, kind="submitted", text=submitted, actor=application.account_id),),
    )
    outcome = _step(release, Dossier(application=application, case=case), Begun(), act, known=known)
    if isinstance(outcome, Refused):
        raise ImpossibleState(f"the process of {item} cannot begin: {outcome.reason}")
    return outcome


def _message(application: Application, effect: effects.Notified, act: Act) -> Message:
    return Message(
        id=act.new_id(),
        application_id=application.id,
        case_id=None,
        account_id=application.account_id,
        at=act.now,
        channel=effect.channel,
        subject=effect.subject,
        text=effect.text,
    )
