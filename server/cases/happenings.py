"""The history of a case in words: what an event and each effect of its step tell officials and the applicant alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from server.cases.acts import Act
from server.cases.model import Happening
from server.cases.people import Unit
from server.cases.views import node_of, unit_title
from server.definitions.process import PublicNotice, Task, Wait
from server.definitions.workdays import last_day
from server.messages.cases import LIST_COMMA, cause_text, happening_text
from server.messages.pages import DATE_FORMAT
from server.processes import effects, events
from server.processes.state import State, Token
from server.releases import Release
from server.types import RegionCode

SUPPLEMENT, WITHDRAW, OBJECTION = "supplement", "withdraw", "objection"
#: Message of an applicant or of the public to the kind of happening it is; any other is a `message`.
_MESSAGES = {SUPPLEMENT: "supplement_given", WITHDRAW: "withdrawn", OBJECTION: "objection"}
_WITH_WORDS = frozenset({"supplement_given", "withdrawn"})


class Narrator:
    """Gathers the lines that one step adds to a history."""

    def __init__(self, release: Release, *, act: Act, before: State, after: State) -> None:
        self._release, self._act, self._before, self._after = release, act, before, after
        self.happenings: list[Happening] = []

    def event(self, event: events.Event) -> None:
        """Tells what happened, as far as no effect does."""
        match event:
            case events.CallAnswered():
                self._of_token(event.token, "call_answered")
            case events.CallFailed():
                self._of_token(event.token, "call_failed")
            case events.TimerDue(timer="timeout"):
                self._timed_out(event.token)
            case events.MessageArrived():
                self._message(event)
            case events.Retried():
                self._of_token(event.token, "retried")

    def effect(self, effect: effects.AnyEffect, *, item: str) -> None:
        """Tells what an effect means."""
        match effect:
            case effects.TaskOpened():
                unit = Unit(agency=effect.agency, level=effect.level, region=RegionCode(effect.region))
                words = unit_title(self._release, unit)
                self._tell("task_opened", effect, happening_text("task_opened", unit=words), unit=words)
            case effects.TaskClosed():
                self._task_closed(effect)
            case effects.CallRequested():
                self._tell("call_requested", effect, happening_text("call_requested", owner=self._owner(effect.connector)))
            case effects.SupplementAsked():
                self._tell("supplement_asked", effect, self._asked(effect))
            case effects.NoticePublished():
                self._tell("notice_published", effect, happening_text("notice_published", until=_last_day(effect.until)))
            case effects.NoticeEnded():
                self._tell("notice_ended", effect, cause_text(effect.cause or "period"))
            case effects.Decided():
                self._tell("decided", effect, effect.decision.reason)
            case effects.Notified():
                self._tell("notified", effect, happening_text("notified", subject=effect.subject))
            case effects.IncidentRaised():
                self._tell("incident", effect, happening_text("incident"))
            case effects.ProcessEnded():
                self._tell("ended", effect, self._result(effect, item))

    def _tell(self, kind: str, effect: effects.AnyEffect, text: str, *, actor: str = "", unit: str = "") -> None:
        self._add(kind, node=effect.node, token=effect.token, text=text, actor=actor, unit=unit)

    def _add(self, kind: str, *, node: str, token: str, text: str, actor: str = "", unit: str = "") -> None:
        state = self._before if self._before.token(token) is not None else self._after
        found = node_of(self._release, state, node=node, token=token) if node else None
        title = (found.title if found is not None else None) or ""
        self.happenings.append(Happening(at=self._act.now, kind=kind, node=node, title=title, text=text, actor=actor, unit=unit))

    def _of_token(self, token: str, kind: str) -> None:
        found = self._before.token(token)
        self._add(kind, node=found.node if found is not None else "", token=token, text=happening_text(kind))

    def _timed_out(self, token: str) -> None:
        found = self._before.token(token)
        if found is None:
            return
        node = node_of(self._release, self._before, node=found.node, token=token)
        on = getattr(node, "on", None)
        title = on.timeout.title if on is not None and on.timeout is not None else None
        text = title or happening_text("timed_out")
        self._add("timed_out", node=found.node, token=token, text=text)

    def _message(self, event: events.MessageArrived) -> None:
        """Tells of a message at the node that waits for it; one to the whole process stands under the title it has there."""
        token = next((token for token in self._before.tokens if self._awaits(token, event.name)), None)
        node, token_id = (token.node, token.id) if token is not None else ("", "")
        kind = _MESSAGES.get(event.name, "message")
        words = self._act.words
        text = happening_text(f"{kind}_words", words=words) if words and kind in _WITH_WORDS else happening_text(kind)
        self._add(kind, node=node, token=token_id, text=text, actor=self._act.actor, unit=self._act.unit)

    def _awaits(self, token: Token, name: str) -> bool:
        node = node_of(self._release, self._before, node=token.node, token=token.id)
        match node:
            case Wait():
                return node.message == name
            case PublicNotice():
                return name == OBJECTION
        return False

    def _task_closed(self, effect: effects.TaskClosed) -> None:
        if not effect.outcome:
            self._tell("task_dropped", effect, cause_text(effect.cause))
            return
        node = node_of(self._release, self._before, node=effect.node, token=effect.token)
        title = node.outcomes[effect.outcome].title if isinstance(node, Task) else effect.outcome
        self._tell("task_done", effect, title, actor=self._act.actor, unit=self._act.unit)

    def _owner(self, connector_id: str) -> str:
        connector = self._release.service.connectors[connector_id]
        agency = self._release.service.agencies.agencies.get(connector.owner or "")
        return agency.title if agency is not None else connector.title

    def _asked(self, effect: effects.SupplementAsked) -> str:
        asked = words_of(self._release, effect.fields, effect.materials)
        if not asked:
            return effect.note
        return happening_text("supplement_asked", asked=asked, note=effect.note)

    def _result(self, effect: effects.ProcessEnded, item: str) -> str:
        outcome = self._release.service.items.items[item].outcomes.get(effect.code)
        result = outcome.title if outcome is not None else effect.code
        return happening_text("ended", result=result, reason=effect.reason) if effect.reason else result


def words_of(release: Release, fields: Iterable[str], materials: Iterable[str]) -> str:
    """The labels of fields and the titles of materials, as one list in words."""
    labels = [release.form.fields[name].label if name in release.form.fields else name for name in fields]
    listed = release.service.materials.materials
    return LIST_COMMA.join((*labels, *(listed[name].title if name in listed else name for name in materials)))


def _last_day(until: datetime) -> str:
    day = last_day(until)
    return DATE_FORMAT.format(year=day.year, month=day.month, day=day.day)
