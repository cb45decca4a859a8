"""What holds of rebasing for any parents and any overlay, against a three-way merge of single leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from overlaid_service import CITY, SERVICE, edited, edited_closely, small_documents

from server.documents.merge_patch import same
from server.documents.pointer import parse_pointer
from server.overlays.conflicts import Choice
from server.overlays.layering import lay_over, overlay_between
from server.overlays.normal import normal_form
from server.overlays.overlay import Overlay
from server.overlays.rebase import Rebased, rebase, resolve
from server.overlays.shapes import SHAPES, root_shape

SMALL = small_documents()
#: Path of a document and segments in its normal form.
Spot = tuple[str, ...]


def leaves(documents: Mapping[str, Any]) -> dict[Spot, str]:
    """Everything that is no object, by its place in the normal form; the order of lists is left out."""
    found: dict[Spot, str] = {}
    for path, document in documents.items():
        found |= {
            (path, *place): value for place, value in _leaves(normal_form(document, root_shape(path, SERVICE) or SHAPES["value"]))
        }
    return found


def _leaves(value: Any, place: Spot = ()) -> Iterator[tuple[Spot, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*place, name))
    else:
        yield place, repr(value)


class Meeting:
    """An overlay made for one parent, and another parent."""

    def __init__(self, data: st.DataObject) -> None:
        edits = data.draw(st.sampled_from((edited, edited_closely)))
        self.old = SMALL
        self.new, self.wanted = edits(data, self.old), edits(data, self.old)
        self.overlay, _ = overlay_between(self.old, self.wanted, service_id=SERVICE, region=CITY)
        self.rebased = rebase(self.old, self.new, self.overlay)

    def result(self, rebased: Rebased) -> dict[str, Any]:
        layered = lay_over(self.new, rebased.overlay)
        assert layered.faults == {}
        return layered.documents

    def disputed(self, spot: Spot) -> bool:
        """Whether a leaf lies at, above or below the place of a conflict."""
        places = [(one.path, *parse_pointer(one.pointer.removesuffix("/$after"))) for one in self.rebased.conflicts]
        return any(place[: len(spot)] == spot[: len(place)] for place in places)


@given(st.data())
def test_over_an_unchanged_parent_an_overlay_is_the_same(data: st.DataObject) -> None:
    overlay, _ = overlay_between(SMALL, edited(data, SMALL), service_id=SERVICE, region=CITY)
    rebased = rebase(SMALL, dict(SMALL), overlay)
    assert rebased.overlay == overlay
    assert rebased.conflicts == ()


@given(st.data())
def test_every_change_of_either_side_is_kept_or_named_in_a_conflict(data: st.DataObject) -> None:
    meeting = Meeting(data)
    base, theirs, ours = leaves(meeting.old), leaves(meeting.new), leaves(meeting.wanted)
    merged = leaves(meeting.result(meeting.rebased))
    for spot in base.keys() | theirs.keys() | ours.keys() | merged.keys():
        if meeting.disputed(spot):
            continue
        kept = theirs if ours.get(spot) == base.get(spot) else ours
        assert merged.get(spot) == kept.get(spot), spot
        assert theirs.get(spot) in (base.get(spot), kept.get(spot))


@given(st.data())
def test_a_clean_overlay_changes_of_the_newer_parent_what_it_changed_of_the_older(data: st.DataObject) -> None:
    meeting = Meeting(data)
    assume(not meeting.rebased.conflicts)
    base, theirs, ours = leaves(meeting.old), leaves(meeting.new), leaves(meeting.wanted)
    merged = leaves(meeting.result(meeting.rebased))
    changed = {spot for spot in base.keys() | ours.keys() if base.get(spot) != ours.get(spot)}
    agreed = {spot for spot in changed if theirs.get(spot) == ours.get(spot)}
    assert {spot for spot in theirs.keys() | merged.keys() if theirs.get(spot) != merged.get(spot)} == changed - agreed


@given(st.data())
def test_carrying_a_clean_overlay_over_twice_changes_nothing_more(data: st.DataObject) -> None:
    meeting = Meeting(data)
    assume(not meeting.rebased.conflicts)
    again = rebase(meeting.new, dict(meeting.new), meeting.rebased.overlay)
    assert again.overlay == meeting.rebased.overlay


@pytest.mark.parametrize("take", ["keep-ours", "take-theirs"])
@given(data=st.data())
def test_a_resolved_conflict_has_what_was_chosen(take: Literal["keep-ours", "take-theirs"], data: st.DataObject) -> None:
    meeting = Meeting(data)
    choices = {(one.path, one.pointer): Choice(take=take) for one in meeting.rebased.conflicts}
    resolved = resolve(meeting.rebased, choices)
    assert resolved.conflicts == ()
    found = leaves(meeting.result(resolved))
    chosen = leaves(meeting.wanted if take == "keep-ours" else meeting.new)
    for one in meeting.rebased.conflicts:
        place = (one.path, *parse_pointer(one.pointer))
        if not one.pointer.endswith("/$after"):
            assert inside(found, place) == inside(chosen, place), one


def inside(documents: Mapping[Spot, str], place: Spot) -> dict[Spot, str]:
    return {spot: value for spot, value in documents.items() if spot[: len(place)] == place}


@given(st.data())
def test_conflicts_can_be_resolved_one_by_one(data: st.DataObject) -> None:
    meeting = Meeting(data)
    choices = {
        (one.path, one.pointer): Choice(take=data.draw(st.sampled_from(("keep-ours", "take-theirs"))))
        for one in meeting.rebased.conflicts
    }
    step = meeting.rebased
    for key in data.draw(st.permutations(sorted(choices))):
        step = resolve(step, {key: choices[key]})
    at_once = resolve(meeting.rebased, choices)
    assert step.conflicts == at_once.conflicts == ()
    assert same(leaves(meeting.result(step)), leaves(meeting.result(at_once)))


def test_a_choice_for_no_conflict_changes_nothing() -> None:
    overlay = Overlay(service_id=SERVICE, region=CITY, patches={})
    rebased = rebase(SMALL, SMALL, overlay)
    assert resolve(rebased, {("x", "/y"): Choice(take="keep-ours")}) == rebased
