"""Orders of lists: found from two versions, said by names, put together again."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.pointer import MISSING
from server.overlays.authoring import patch_between
from server.overlays.normal import normal_form, plain_form
from server.overlays.patches import apply
from server.overlays.positions import anchors, arrange, moved
from server.overlays.shapes import SHAPES
from server.overlays.three_way import merge

NAMES = "abcdefgh"
LISTED = SHAPES["listed"]
orders = st.lists(st.sampled_from(NAMES), unique=True, max_size=8)


def stays_in_order(names: tuple[str, ...], before: list[str]) -> bool:
    return [name for name in before if name in names] == list(names)


@given(orders.filter(lambda names: len(names) < 7), st.data())
def test_as_few_members_as_possible_have_moved(before: list[str], data: st.DataObject) -> None:
    after = data.draw(st.permutations(before))
    most = max(
        size for size in range(len(after) + 1) if any(stays_in_order(chosen, before) for chosen in combinations(after, size))
    )
    found = moved(before, after)
    assert len(after) - len(found) == most
    assert stays_in_order(tuple(name for name in after if name not in found), before)


@given(orders, orders)
def test_what_is_said_of_an_order_makes_it_again(before: list[str], after: list[str]) -> None:
    places = anchors(before, after, ordered=True)
    standing = [name for name in before if name in after and name not in places]
    loose = [name for name in after if name not in before and name not in places]
    assert arrange(standing, places, loose) == (tuple(after), ())


@given(orders, st.dictionaries(st.sampled_from(NAMES), st.none() | st.sampled_from("abcdxyz")), orders)
def test_however_members_are_placed_each_stands_once(standing: list[str], placed: dict[str, Any], loose: list[str]) -> None:
    standing = [name for name in standing if name not in placed]
    loose = [name for name in loose if name not in placed and name not in standing]
    order, lost = arrange(standing, placed, loose)
    assert sorted(order) == sorted({*standing, *placed, *loose})
    assert [name for name in order if name in standing] == standing
    for name in placed.keys() - {*lost}:
        anchor = placed[name]
        assert anchor is None or order.index(anchor) < order.index(name)
    assert all(placed[name] not in {None, *standing, *loose} for name in lost)


@pytest.mark.parametrize(
    ("standing", "placed", "order", "lost"),
    [
        ("abc", {"x": "a"}, "axbc", ""),
        ("abc", {"x": None}, "xabc", ""),
        ("abc", {"y": "a", "x": "a"}, "axybc", ""),
        ("abc", {"x": "a", "y": "x"}, "axybc", ""),
        ("abc", {"y": "a", "x": "a", "z": "x"}, "axzybc", ""),
        ("abc", {"x": "gone"}, "abcx", "x"),
        ("abc", {"x": "gone", "y": "x"}, "abcxy", "x"),
        ("abc", {"x": "y", "y": "x"}, "abcxy", "xy"),
        ("abc", {"x": "x"}, "abcx", "x"),
    ],
)
def test_members_follow_whom_they_name(standing: str, placed: dict[str, Any], order: str, lost: str) -> None:
    assert arrange(standing, placed) == (tuple(order), tuple(lost))


@pytest.mark.parametrize("shape", ["listed", "elements"])
@given(before=orders, after=orders)
def test_a_patch_makes_the_new_order_of_the_old(shape: str, before: list[str], after: list[str]) -> None:
    old, new = ([{"id": name} for name in names] if shape == "elements" else names for names in (before, after))
    normal_old, normal_new = (normal_form(one, SHAPES[shape]) for one in (old, new))
    patch = patch_between(normal_old, normal_new, shape=SHAPES[shape])
    if before == after:
        assert patch is MISSING
    else:
        value, faults = apply(normal_old, patch, shape=SHAPES[shape])
        assert plain_form(value, SHAPES[shape]) == new
        assert faults == ()


@given(orders, st.data())
def test_both_sides_orders_are_merged_or_disputed(base: list[str], data: st.DataObject) -> None:
    others = st.lists(st.sampled_from((*base, *"uvw")) if base else st.sampled_from("uvw"), unique=True, max_size=9)
    theirs, ours = data.draw(others), data.draw(others)
    sides = [normal_form(side, LISTED) for side in (base, theirs, ours)]
    patch = patch_between(sides[0], sides[2], shape=LISTED)
    merged = merge(*sides, shape=LISTED, patch=patch if isinstance(patch, dict) else {})
    found = list(merged.value)
    assert set(found) == {
        name for name in {*base, *theirs, *ours} if (name in theirs if (name in base) == (name in ours) else name in ours)
    }
    placed = anchors(base, ours, ordered=True)
    disputed = {one.place[0] for one in merged.disagreements}
    calm = [name for name in found if name in theirs and name not in placed]
    assert calm == [name for name in theirs if name in calm]
    for name in (name for name in found if name in placed and name not in disputed):
        anchor = placed[name]
        if anchor is not None and not (name in theirs and name not in base):
            assert found.index(anchor) < found.index(name)


@pytest.mark.parametrize(
    ("theirs", "ours", "merged"), [("abcx", "abcy", "abcxy"), ("abxc", "abcy", "abxcy"), ("cab", "abyc", "caby")]
)
def test_what_each_side_put_in_stands_where_it_was_put(theirs: str, ours: str, merged: str) -> None:
    sides = [normal_form(list(side), LISTED) for side in ("abc", theirs, ours)]
    patch = patch_between(sides[0], sides[2], shape=LISTED)
    found = merge(*sides, shape=LISTED, patch=patch)
    assert found.disagreements == ()
    assert "".join(found.value) == merged


def test_all_orders_of_three_are_told_apart_by_what_moved() -> None:
    assert {order: moved("abc", order) for order in map("".join, permutations("abc"))} == {
        "abc": (),
        "acb": ("c",),
        "bac": ("b",),
        "bca": ("a",),
        "cab": ("c",),
        "cba": ("c", "b"),
    }
