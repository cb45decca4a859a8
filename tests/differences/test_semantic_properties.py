"""Whatever was changed in whatever documents: nothing is left out, nothing is said twice, and saying it never fails."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from differing_documents import FORMS, PATHS, SERVICE, VALUES, base
from hypothesis import given, settings
from hypothesis import strategies as st
from mangling import ODD_VALUES, mangle

from server.differences.change import SemanticChange
from server.differences.impact import Uses
from server.differences.pieces import pointer_of
from server.differences.semantic import applicant_changes, semantic_changes
from server.documents.pointer import MISSING
from server.overlays.changes import changes
from server.overlays.layering import normal_of, shape_of

Documents = dict[str, Any]
#: Values that are no JSON are no documents.
ODD = tuple(value for value in ODD_VALUES if value == value and value != "\ud800" and value != 2**70)


@st.composite
def changed(draw: st.DrawFn) -> Documents:
    """The second service with some documents mangled, replaced, taken away or added."""
    found = dict(base())
    for _ in range(draw(st.integers(1, 4))):
        path = draw(PATHS)
        match draw(st.sampled_from(("mangle", "mangle", "mangle", "replace", "remove", "copy", "rearrange", "rearrange"))):
            case "rearrange":
                path = f"{FORMS}/form/ui.json"
                found[path] = rearranged(draw(st.data()), found.get(path, base()[path]))
            case "mangle" if path in found:
                found[path] = mangle(draw(st.data()), found[path])
            case "replace":
                found[path] = draw(st.one_of(VALUES, st.sampled_from(ODD)))
            case "remove":
                found.pop(path, None)
            case _:
                found[path.replace(".", "_more.", 1)] = copy.deepcopy(base()[path])
    return found


def rearranged(data: st.DataObject, layout: Any) -> Any:
    """A layout with one of its elements elsewhere."""
    layout = copy.deepcopy(layout)
    lists = list(element_lists(layout))
    full = [listed for listed in lists if listed]
    if full:
        source = data.draw(st.sampled_from(full))
        element = source.pop(data.draw(st.integers(0, len(source) - 1)))
        target = data.draw(st.sampled_from([listed for listed in lists if listed is not element]))
        target.insert(data.draw(st.integers(0, len(target))), element)
    return layout


def element_lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("elements", "detail") and isinstance(inner, list):
                yield inner
            yield from element_lists(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from element_lists(inner)


def structural(before: Documents, after: Documents) -> Counter[tuple[str, str]]:
    """Path and pointer of every change in normal form."""
    found: Counter[tuple[str, str]] = Counter()
    for path in before.keys() | after.keys():
        shape = shape_of(path, SERVICE)
        old, new = before.get(path, MISSING), after.get(path, MISSING)
        for change in changes(normal_of(old, shape), normal_of(new, shape), shape=shape):
            place = change.place[:-1] if change.kind == "moved" else change.place
            document = old if change.kind == "removed" else new
            found[path, pointer_of(document, normal_of(document, shape), place)] += 1
    return found


def spoken_of(told: tuple[SemanticChange, ...]) -> Counter[tuple[str, str]]:
    return Counter(spot for one in told for spot in [(one.path, one.pointer), *((more.path, more.pointer) for more in one.also)])


@given(changed(), st.booleans())
@settings(max_examples=150)
def test_every_change_is_spoken_of_by_exactly_one_sentence(after: Documents, back: bool) -> None:
    before, later = (after, base()) if back else (base(), after)
    told = semantic_changes(before, later, service_id=SERVICE)
    spoken, wanted = spoken_of(told), structural(before, later)
    assert bool(told) == bool(wanted)
    for (path, pointer), times in wanted.items():
        assert spoken[path, pointer] >= times, (path, pointer, [one.zh for one in told])
    # What is spoken of beyond the structural changes lies inside something that came, went or stands elsewhere.
    for (path, pointer), times in spoken.items():
        extra = times - wanted[path, pointer]
        assert extra <= 0 or is_inside(path, pointer, wanted), (path, pointer, [one.zh for one in told])


def is_inside(path: str, pointer: str, wanted: Counter[tuple[str, str]]) -> bool:
    inner = path.endswith("/ui.json")
    return (inner and any(known == path and f"{pointer}/".startswith(f"{above}/") for known, above in wanted)) or inner


@given(changed())
@settings(max_examples=60)
def test_each_sentence_is_one_line_in_both_languages(after: Documents) -> None:
    for one in semantic_changes(base(), after, service_id=SERVICE):
        assert one.zh.strip() and one.en.strip()
        assert "\n" not in one.zh and "\n" not in one.en
        assert "{" not in one.topic


@given(st.dictionaries(PATHS, VALUES, max_size=6), st.dictionaries(PATHS, VALUES, max_size=6))
@settings(max_examples=150)
def test_no_documents_whatever_make_it_fail(before: Documents, after: Documents) -> None:
    told = semantic_changes(before, after, service_id=SERVICE)
    assert bool(told) == bool(structural(before, after))
    applicant_changes(before, after, SERVICE)
    uses = Uses(before, after, layers=after, service_id=SERVICE)
    for one in told:
        uses.impact_of(one)


@given(changed())
@settings(max_examples=40)
def test_the_same_documents_do_not_differ(documents: Documents) -> None:
    assert semantic_changes(documents, copy.deepcopy(documents), service_id=SERVICE) == ()
    assert applicant_changes(documents, documents, SERVICE) == ()


@given(changed())
@settings(max_examples=40)
def test_what_an_applicant_notices_is_part_of_what_differs(after: Documents) -> None:
    lines = applicant_changes(base(), after, SERVICE)
    assert len(lines) <= len(semantic_changes(base(), after, service_id=SERVICE))


def test_documents_deeper_than_any_that_can_be_read_only_differ() -> None:
    deep: Any = 1
    for _ in range(600):
        deep = {"a": deep}
    path = next(path for path in base() if path.endswith("items.json"))
    (told,) = semantic_changes(base(), {**base(), path: deep}, service_id=SERVICE)
    assert (told.path, told.pointer) == (path, "")
    assert semantic_changes({path: deep}, {path: copy.copy(deep)}, service_id=SERVICE) == ()
