"""Problems of settled answers: unreadable text, missing answers, schema, kinds and assertions, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import msgspec

from server.findings import Param, Problem
from server.forms.compile import CompiledForm
from server.forms.data import FormData, from_instance, group_pointer, instance_pointer, row_pointers
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.schema_check import field_of, part_title, schema_problems
from server.forms.settle import Context, Place, Settled, field_id_of, settle
from server.types import JsonValue

#: Kinds whose missing answer is chosen, agreed to or uploaded rather than typed.
_WORDING = {
    "choice": "choose",
    "choices": "choose",
    "search_choice": "choose",
    "yes_no": "choose",
    "items": "choose",
    "consent": "agree",
    "photo": "upload",
    "attachment": "upload",
    "rows": "add",
}

#: Characters of unreadable text that a message repeats.
_QUOTED = 40
_DEEPEST = 40


class Checked(msgspec.Struct, frozen=True):
    """Problems that prevent submission, and warnings that do not; in the order of the form."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def validate(form: CompiledForm, settled: Settled, *, context: Context, page: str | None = None) -> Checked:
    """What is wrong with the relevant answers, at most one problem an input; pointers are draft pointers.

    With `page`, only the fields of that page are reported.
    """
    problems: dict[str, Problem] = {}
    warnings: dict[str, Problem] = {}
    for problem, warning in _all(form, settled, context):
        if page is None or _on_page(form, problem.pointer, page):
            target = warnings if warning else problems
            target.setdefault(_input_pointer(form, problem.pointer), problem)
    kept = [warning for pointer, warning in warnings.items() if pointer not in problems]
    if not problems:
        return Checked((), tuple(kept))
    order = _reading_order(settled)
    return Checked(tuple(sorted(problems.values(), key=lambda problem: _position(order, problem.pointer))), tuple(kept))


def _input_pointer(form: CompiledForm, pointer: str) -> str:
    """The pointer of what is corrected as one: a list of codes is a single choice."""
    above = pointer.rpartition("/")[0]
    field = form.fields.get(field_id_of(above))
    return above if field is not None and "" in KINDS[field.kind].leaves else pointer


def _reading_order(settled: Settled) -> dict[str, tuple[int, int, int]]:
    """Draft pointers to where they stand on the pages: a group's rows one after the other."""
    order: dict[str, tuple[int, int, int]] = {}
    for index, (field, pointer, row) in enumerate(settled.places):
        if row not in order:
            order[pointer] = (index, -1, index)
        else:
            order[pointer] = (*order[row][:2], index)
        if field.kind == "rows":
            rows = row_pointers(settled.data, pointer)
            order.update((row, (index, number, index)) for number, row in enumerate(rows))
    return order


def _position(order: Mapping[str, tuple[int, int, int]], pointer: str) -> tuple[int, int, int]:
    """Where the nearest known place above a pointer stands; at the end when there is none."""
    while pointer:
        if pointer in order:
            return order[pointer]
        pointer = pointer.rpartition("/")[0]
    return (len(order), 0, 0)


def check_instance(form: CompiledForm, instance: JsonValue, context: Context) -> tuple[Settled, Checked]:
    """The settled form of a submitted instance and what is wrong with it; pointers are instance pointers.

    Members the form does not know are problems. Values of the wrong type are problems and count as unanswered. Answers
    that are not relevant are dropped with a warning, computed ones are recomputed.
    """
    given = _readable(instance) if isinstance(instance, dict) else {}
    keys = (f"r{number:04d}" for number in count(1))
    data = from_instance(given, ((field.group, field.path) for field in form.fields.values()), keys)
    files = given.get("materials")
    if isinstance(files, dict):
        listed = {f"/materials/{name}": value for name, value in files.items() if name in form.surroundings.materials}
        data = msgspec.structs.replace(data, values={**data.values, **listed})
    problems: dict[str, Problem] = {}
    if not isinstance(instance, dict):
        problems[""] = Problem(pointer="", code="not-an-object")
    wrong: set[str] = set()
    for problem in schema_problems(form, given):
        if problem.code in ("unknown-field", "schema-type"):
            problems[problem.pointer] = problem
        if problem.code == "schema-type":
            wrong.add(problem.pointer)
    data = _without(data, wrong)
    settled = settle(form, data, context)
    checked = validate(form, settled, context=context)
    known = {above for pointer in problems for above in _upwards(pointer)}
    for problem in checked.problems:
        pointer = instance_pointer(data, problem.pointer)
        if pointer not in known and not any(above in wrong for above in _upwards(pointer)):
            problems[pointer] = Problem(pointer=pointer, code=problem.code, params=problem.params)
    warnings = [Problem(pointer=instance_pointer(data, w.pointer), code=w.code, params=w.params) for w in checked.warnings]
    warnings += [
        Problem(pointer=instance_pointer(data, place.pointer), code="not-relevant", params={"label": place.field.label})
        for place in settled.places
        if place.pointer in data.values and _hidden(settled, place)
    ]
    return settled, Checked(tuple(problems.values()), tuple(warnings))


def _readable(value: JsonValue, depth: int = 0) -> JsonValue:
    """The value as other programs can read it: no lone surrogates, whole numbers as integers, nothing deeper than forms are."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {str(_readable(str(name))): _readable(member, depth + 1) for name, member in value.items()}
    return [_readable(member, depth + 1) for member in value] if isinstance(value, list) else value


def _upwards(pointer: str) -> Iterator[str]:
    """The pointer and those above it."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""


def _all(form: CompiledForm, settled: Settled, context: Context) -> Iterator[tuple[Problem, bool]]:
    shown = [place for place in settled.places if not _hidden(settled, place)]
    yield from ((problem, False) for problem in _unreadable(shown, settled))
    yield from ((problem, False) for problem in _missing(shown, settled))
    # Kinds first: where a pattern fails, too, only the kind can say what is wrong with the number.
    yield from _kind_problems(shown, settled, context)
    for problem in schema_problems(form, settled.instance):
        yield msgspec.structs.replace(problem, pointer=_draft_pointer(settled.data, problem.pointer)), False
    yield from _assertion_problems(form, settled)
    if not settled.stable:
        yield Problem(pointer="", code="rules-contradict"), False


def _unreadable(shown: Sequence[Place], settled: Settled) -> Iterator[Problem]:
    raw = settled.data.raw
    if not raw:
        return
    for field, pointer, _ in shown:
        kind = KINDS[field.kind]
        for leaf in kind.leaves:
            if pointer + leaf in raw:
                text = raw[pointer + leaf][:_QUOTED]
                params: dict[str, Param] = {"label": field.label, "text": text, "places": kind.scale(field)}
                yield Problem(pointer=pointer + leaf, code=f"unreadable-{field.kind}", params=params)


def _missing(shown: Sequence[Place], settled: Settled) -> Iterator[Problem]:
    values, raw = settled.data.values, settled.data.raw
    for field, pointer, _ in shown:
        value = values.get(pointer)
        if value is None or value in ("", []):
            if pointer in settled.required and not _is_begun(field, pointer, settled):
                code = f"required-{_WORDING.get(field.kind, 'enter')}"
                yield Problem(pointer=pointer, code=code, params={"label": field.label})
        elif isinstance(value, dict) and "" not in KINDS[field.kind].leaves:
            for part in field.schema.get("required", ()):
                if part not in value and f"{pointer}/{part}" not in raw:
                    params: dict[str, Param] = {"label": field.label, "part": part_title(field, part)}
                    yield Problem(pointer=f"{pointer}/{part}", code="required-part", params=params)


def _is_begun(field: FormField, pointer: str, settled: Settled) -> bool:
    """Whether rows stand in a field without a value, or text that could not be read."""
    if field.kind == "rows":
        return bool(settled.data.rows.get(pointer))
    return any(pointer + leaf in settled.data.raw for leaf in KINDS[field.kind].leaves)


def _kind_problems(shown: Sequence[Place], settled: Settled, context: Context) -> Iterator[tuple[Problem, bool]]:
    for field, pointer, _ in shown:
        value = settled.data.values.get(pointer)
        if value is None:
            continue
        for found in KINDS[field.kind].check(field, value, context.today):
            params: dict[str, Param] = {"label": field.label, **found.params}
            yield Problem(pointer=pointer + found.leaf, code=found.code, params=params), found.warning
        offered = settled.options.get(pointer)
        if offered is not None and any(code not in offered for code in (value if isinstance(value, list) else [value])):
            yield Problem(pointer=pointer, code="option-not-offered", params={"label": field.label}), False


def _assertion_problems(form: CompiledForm, settled: Settled) -> Iterator[tuple[Problem, bool]]:
    for compiled in form.assertions:
        field = form.fields[compiled.assertion.at]
        params: dict[str, Param] = {"message": compiled.assertion.message, "label": field.label}
        warning = compiled.assertion.severity == "warning"
        for pointer, row in _assertion_places(settled, field):
            if not _hidden(settled, Place(field, pointer, "")) and compiled.rule.evaluate(settled.bindings, row) is False:
                yield Problem(pointer=pointer, code=f"assertion:{compiled.id}", params=params), warning


def _assertion_places(settled: Settled, field: FormField) -> Iterator[tuple[str, JsonValue]]:
    """The draft pointers of a field, each with the row it stands in."""
    if not field.group:
        yield field.rest, None
        return
    rows = settled.bindings.get(field.group, ())
    for pointer, row in zip(row_pointers(settled.data, group_pointer(field.group)), rows, strict=False):
        yield pointer + field.rest, row


def _hidden(settled: Settled, place: Place) -> bool:
    group = place.field.group
    return place.pointer in settled.hidden or (bool(group) and group_pointer(group) in settled.hidden)


def _draft_pointer(data: FormData, pointer: str) -> str:
    parts = pointer.split("/")
    for index in range(1, len(parts)) if data.rows else ():
        if not parts[index].isdigit():
            continue
        keys = data.rows.get("/".join(parts[:index]))
        if keys is not None and int(parts[index]) < len(keys):
            parts[index] = f"@{keys[int(parts[index])]}"
    return "/".join(parts)


def _on_page(form: CompiledForm, pointer: str, page: str) -> bool:
    field = field_of(form, field_id_of(pointer))
    return field is not None and field.page == page


def _without(data: FormData, wrong: set[str]) -> FormData:
    """The data without the fields in which a value of the wrong type was given."""
    if not wrong:
        return data
    above = {pointer for place in wrong for pointer in _upwards(place)}
    kept = {pointer: value for pointer, value in data.values.items() if instance_pointer(data, pointer) not in above}
    return msgspec.structs.replace(data, values=kept)
