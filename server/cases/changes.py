"""What one step changes about a case, gathered effect by effect."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from server.cases.acts import Act
from server.cases.clock import clocked
from server.cases.happenings import Narrator
from server.cases.model import (
    Case,
    Dossier,
    MadeDecision,
    Message,
    PublicNotice,
    Request,
    Supplement,
    Task,
    Timer,
)
from server.cases.outcome import Outcome
from server.cases.views import node_of
from server.definitions.process import Call as CallNode
from server.definitions.process import Task as TaskNode
from server.definitions.workdays import day_of
from server.documents.canonical import content_id
from server.errors import ImpossibleState
from server.processes import effects
from server.processes.advance import Step
from server.processes.events import Event, TaskCompleted
from server.processes.state import State
from server.releases import Release
from server.types import CaseId, RegionCode, TaskId


def request_key(case_id: CaseId, *, node: str, token: str, round: int) -> str:
    """The idempotency key of a request: the same whenever the same token asks at the same node in the same round."""
    return content_id([case_id, node, token, round]).removeprefix("sha256:")[:32]


class Changes:
    """The new values of a case's tasks, timers, requests, messages and notices, and of the case itself."""

    def __init__(self, release: Release, dossier: Dossier, *, event: Event, step: Step, act: Act) -> None:
        self._release, self._dossier, self._act, self._event = release, dossier, act, event
        self._before, self._after = dossier.case.state, step.state
        self._open = {task.token: task for task in dossier.tasks if task.closed_at is None}
        self._shown = {notice.token: notice for notice in dossier.notices if not notice.ended}
        self._tasks: dict[str, Task] = {}
        self._notices: dict[str, PublicNotice] = {}
        self._timers: dict[str, Timer] = {}
        self._cancelled_timers: dict[str, None] = {}
        self._requests: list[Request] = []
        self._messages: list[Message] = []
        self._narrator = Narrator(release, act=act, before=self._before, after=self._after)
        self.case = msgspec.structs.replace(dossier.case, state=step.state)
        self._narrator.event(event)
        for effect in step.effects:
            self._take(effect)
            self._narrator.effect(effect, item=dossier.case.item)
        self.case = self._finished(self.case)

    def outcome(self) -> Outcome:
        """Everything to store; requests that no token waits for any more are called off."""
        return Outcome(
            cases=(self.case,),
            tasks=tuple(self._tasks.values()),
            timers=tuple(self._timers.values()),
            cancelled_timers=tuple(self._cancelled_timers),
            requests=tuple(self._requests),
            cancelled_requests=self._left_calls(),
            messages=tuple(self._messages),
            notices=tuple(self._notices.values()),
            events=(self._act.event(self.case.id),),
        )

    def _take(self, effect: effects.AnyEffect) -> None:
        match effect:
            case effects.TaskOpened():
                self._open_task(effect)
            case effects.TaskClosed():
                self._close_task(effect)
            case effects.TimerStarted() | effects.TimerCancelled():
                self._set_timer(effect)
            case effects.CallRequested():
                self._requests.append(self._request(effect))
            case effects.SupplementAsked():
                asked = Supplement(
                    node=effect.node, fields=effect.fields, materials=effect.materials, note=effect.note, until=effect.until
                )
                self.case = msgspec.structs.replace(self.case, supplement=asked)
            case effects.NoticePublished() | effects.NoticeEnded():
                self._show_notice(effect)
            case effects.Notified():
                self._messages.append(self._message(effect))
            case effects.Decided():
                made = MadeDecision(node=effect.node, at=self._act.now, decision=effect.decision)
                self.case = msgspec.structs.replace(self.case, decisions=(*self.case.decisions, made))
            case effects.ProcessEnded():
                self.case = msgspec.structs.replace(self.case, result=effect.code, reason=effect.reason, ended_at=self._act.now)
            case effects.IncidentRaised() | effects.CallCancelled():
                pass  # Told by the history, and by the calls that the new state no longer waits for.
            case effects.ChildRequested() | effects.ChildCancelled():
                raise ImpossibleState(f"the process of a case asks for cases at {effect.node}")

    def _open_task(self, effect: effects.TaskOpened) -> None:
        task = Task(
            id=TaskId(self._act.new_id()),
            case_id=self.case.id,
            case_number=self.case.number,
            service_id=self.case.service_id,
            item=self.case.item,
            node=effect.node,
            token=effect.token,
            round=effect.round,
            title=effect.title,
            agency=effect.agency,
            level=effect.level,
            region=RegionCode(effect.region),
            form=effect.form,
            opened_at=self._act.now,
            due_at=effect.due_at,
        )
        self._open[effect.token] = self._tasks[task.id] = task

    def _close_task(self, effect: effects.TaskClosed) -> None:
        task = self._open.pop(effect.token, None)
        if task is None:
            raise ImpossibleState(f"no open task for token {effect.token} at {effect.node}")
        done = self._event if effect.outcome and isinstance(self._event, TaskCompleted) else None
        self._tasks[task.id] = msgspec.structs.replace(
            task,
            closed_at=self._act.now,
            outcome=effect.outcome,
            cause=effect.cause,
            answers=done.answers if done is not None else {},
            completed_by=self._act.actor if done is not None else "",
        )
        if done is not None and self.case.accepted_on is None and self._is_good(effect):
            self.case = msgspec.structs.replace(self.case, accepted_on=day_of(self._act.now))

    def _is_good(self, effect: effects.TaskClosed) -> bool:
        node = node_of(self._release, self._before, node=effect.node, token=effect.token)
        return isinstance(node, TaskNode) and node.outcomes[effect.outcome].tone == "good"

    def _set_timer(self, effect: effects.TimerStarted | effects.TimerCancelled) -> None:
        """The later effect of a step counts: a timer cancelled and started again is set, not removed."""
        timer_id = f"{self.case.id}-{effect.token}-{effect.timer}"
        self._timers.pop(timer_id, None)
        self._cancelled_timers.pop(timer_id, None)
        if isinstance(effect, effects.TimerCancelled):
            self._cancelled_timers[timer_id] = None
            return
        self._timers[timer_id] = Timer(
            id=timer_id, case_id=self.case.id, token=effect.token, timer=effect.timer, due_at=effect.due_at
        )

    def _request(self, effect: effects.CallRequested) -> Request:
        return Request(
            key=request_key(self.case.id, node=effect.node, token=effect.token, round=effect.round),
            case_id=self.case.id,
            case_number=self.case.number,
            token=effect.token,
            connector=effect.connector,
            operation=effect.operation,
            data=effect.data,
            created_at=self._act.now,
        )

    def _show_notice(self, effect: effects.NoticePublished | effects.NoticeEnded) -> None:
        if isinstance(effect, effects.NoticeEnded):
            ending = self._shown.pop(effect.token, None)
            if ending is None:
                raise ImpossibleState(f"no public notice for token {effect.token} at {effect.node}")
            self._notices[ending.id] = msgspec.structs.replace(ending, ended=effect.cause)
            return
        notice = PublicNotice(
            id=self._act.new_id(),
            case_id=self.case.id,
            service_id=self.case.service_id,
            item=self.case.item,
            token=effect.token,
            region=RegionCode(effect.region),
            subject=effect.subject,
            text=effect.text,
            published_at=self._act.now,
            until=effect.until,
        )
        self._shown[effect.token] = self._notices[notice.id] = notice

    def _message(self, effect: effects.Notified) -> Message:
        application = self._dossier.application
        return Message(
            id=self._act.new_id(),
            application_id=application.id,
            case_id=self.case.id,
            account_id=application.account_id,
            at=self._act.now,
            channel=effect.channel,
            subject=effect.subject,
            text=effect.text,
        )

    def _finished(self, case: Case) -> Case:
        """The case with its clock, its history, and without a supplement that nobody waits for."""
        asked = case.supplement
        if asked is not None and not any(token.node == asked.node for token in self._after.tokens):
            case = msgspec.structs.replace(case, supplement=None)
        case = msgspec.structs.replace(case, history=(*case.history, *self._narrator.happenings))
        return clocked(self._release, case, self._act.now)

    def _left_calls(self) -> tuple[str, ...]:
        waiting = set(_calls(self._release, self._after, self.case.id))
        return tuple(key for key in _calls(self._release, self._before, self.case.id) if key not in waiting)


def _calls(release: Release, state: State, case_id: CaseId) -> Iterator[str]:
    """The keys of the requests whose replies a state waits for."""
    for token in state.tokens:
        if isinstance(node_of(release, state, node=token.node, token=token.id), CallNode):
            yield request_key(case_id, node=token.node, token=token.id, round=token.round)
