"""What a trial on stored cases found, in words."""

from __future__ import annotations

from server.actions.replaying import Group
from server.cases.replay import Cause
from server.differences.values import amount_words
from server.messages.replays import cause_text, replayed_text, results_text
from server.releases import Release

_NO_VALUE = "-"


def group_words(group: Group, lang: str) -> str:
    """A difference as a sentence."""
    if group.kind == "material":
        return replayed_text(f"material-{group.after}", lang, title=group.title)
    if group.kind != "decision":
        return replayed_text(group.kind, lang, title=group.title, after=str(group.after))
    before, after = (results_text(list(results), lang) for results in (group.results_before, group.results_after))
    return replayed_text("undecided" if group.after is None else "decision", lang, title=group.title, before=before, after=after)


def cause_words(group: Group, release: Release, lang: str) -> tuple[str, ...]:
    """Why it would be otherwise."""
    return tuple(_cause(cause, release, lang) for cause in group.causes)


def _cause(cause: Cause, release: Release, lang: str) -> str:
    parameter = release.service.parameters.parameters.get(cause.name.partition(".")[2]) if cause.kind == "parameter" else None
    unit = parameter.unit if parameter is not None else ""
    values = [amount_words(value, unit) if isinstance(value, int) else None for value in (cause.before, cause.after)]
    before, after = (_NO_VALUE if value is None else value.zh if lang == "zh" else value.en for value in values)
    return cause_text(cause.kind, lang, title=cause.title, before=before, after=after)
