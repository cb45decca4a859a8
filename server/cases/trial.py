"""Trials: one application run in memory through the cases it opens, without database, network or clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import count

from server.cases.desk import Desk
from server.cases.report import Trial, TrialMaterial, TrialUnused, case_report, worded
from server.cases.submitting import chosen_items, enter, missing_materials
from server.cases.views import place_in
from server.cases.walk import Blocked, is_plain
from server.cases.walker import Walker
from server.definitions.workdays import CHINA
from server.findings import Problem
from server.forms.validate import check_instance
from server.releases import Release, due_materials
from server.types import JsonValue, PersonHash

#: When offices open on the day of a trial.
_OPENS = time(9, tzinfo=CHINA)
#: Account and person of whoever applies in a trial.
APPLICANT = "applicant"


def run_trial(release: Release, *, region: str, answers: JsonValue, walk: JsonValue, today: date) -> Trial:
    """What becomes of a submitted instance on a day, and of its cases on a walk; equal arguments give equal trials.

    The application is received where the answers place it, in `region` itself when that is elsewhere. `walk` is a list of
    entries as `walk.read_entry` knows them. Whatever is wrong with either is reported, never raised.
    """
    if not is_plain(answers):
        unreadable = Problem(pointer="", code="not-readable")
        return Trial(problems=worded((unreadable,)), materials=(), unused=_unbegun(walk))
    now = datetime.combine(today, _OPENS)
    place = place_in(release, answers, region)
    settled, checked = check_instance(release.form, answers, release.context(place, now))
    due = due_materials(release, settled, chosen_items(release, settled))
    problems = (*checked.problems, *missing_materials(settled, due))
    materials = tuple(TrialMaterial(id=m.id, due=m.due and not m.waived, reason=m.reason) for m in due)
    if problems:
        return Trial(problems=worded(problems), materials=materials, unused=_unbegun(walk))
    ids = (f"t{number:04d}" for number in count(1))
    desk = Desk()
    person = PersonHash(APPLICANT)
    desk.save(enter(release, settled, region=place, account_id=APPLICANT, person=person, serial=1, now=now, ids=ids))
    walker = Walker(release, desk, now=now, ids=ids)
    untaken = walker.take(_entries(walk))
    return Trial(
        problems=(),
        materials=materials,
        cases=tuple(case_report(release, desk, case, walker.now) for case in desk.cases.values()),
        unused=_unused(untaken),
    )


def _entries(walk: JsonValue) -> list[JsonValue]:
    return walk if isinstance(walk, list) else [walk]


def _unbegun(walk: JsonValue) -> tuple[TrialUnused, ...]:
    return _unused({index: Blocked(reason="not-begun") for index, _ in enumerate(_entries(walk))})


def _unused(untaken: Mapping[int, Blocked]) -> tuple[TrialUnused, ...]:
    return tuple(
        TrialUnused(index=index, reason=found.reason, message=found.text, problems=worded(found.problems))
        for index, found in untaken.items()
    )
