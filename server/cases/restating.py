"""An application's answers as another release reads them, for those of its cases that were migrated to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from server.cases.carrying import Carried, carried
from server.cases.model import Application
from server.cases.submitting import submitted_data
from server.forms.data import FormData
from server.forms.settle import Context, Settled, settle
from server.releases import Release

Value = TypeVar("Value")


def restated(application: Application, *, before: Release, after: Release) -> Application:
    """The application as if its answers had been entered under the release after, on the day they were submitted.

    Its own release, under which it was submitted, stays named in it.
    """
    if before.id == after.id:
        return application
    settled = resettled(application, before=before, after=after)
    return msgspec.structs.replace(application, data=submitted_data(settled), instance=settled.instance)


def resettled(application: Application, *, before: Release, after: Release) -> Settled:
    """The application's answers settled by the release after."""
    return settle(after.form, _moved(application, before, after).data, _context(application, after))


def as_submitted(changed: Application, original: Application, *, before: Release, after: Release) -> Application:
    """A restated application that has changed since, with its answers again as its own release reads them.

    Only what was changed differs from the original: answers that the release after does not ask for are kept.
    """
    was = restated(original, before=before, after=after)
    if changed.data == was.data:
        return msgspec.structs.replace(changed, data=original.data, instance=original.instance)
    aside = _moved(original, before, after).aside
    old, new = (carried(data, aside, after.form, before.form).data for data in (was.data, changed.data))
    data = FormData(
        values=_patched(original.data.values, old.values, new.values),
        rows=_patched(original.data.rows, old.rows, new.rows),
        raw=_patched(original.data.raw, old.raw, new.raw),
        touched=original.data.touched | (new.touched - old.touched),
    )
    settled = settle(before.form, data, _context(original, before))
    return msgspec.structs.replace(changed, data=settled.data, instance=settled.instance)


def _moved(application: Application, before: Release, after: Release) -> Carried:
    return carried(application.data, {}, before.form, after.form)


def _context(application: Application, release: Release) -> Context:
    return release.context(application.region, application.submitted_at)


def _patched(original: Mapping[str, Value], old: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, Value]:
    """The original with what differs between old and new."""
    changed = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
    kept = {place: value for place, value in original.items() if place not in changed}
    return kept | {place: new[place] for place in changed if place in new}
