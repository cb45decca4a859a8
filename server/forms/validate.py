"""Problems of settled answers: unreadable text, missing answers, schema, kinds and assertions, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import msgspec

from server.findings import Param, Problem
from server.forms.compile import CompiledForm
from server.forms.data import FormData, from_instance, group_pointer, instance_pointer
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.settle import Context, Settled, field_id_of, places, settle
from server.rules.facts import row_bindings
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
        if page is not None and not _on_page(form, problem.pointer, page):
            continue
        target = warnings if warning else problems
        target.setdefault(problem.pointer, problem)
    order = _reading_order(form, settled)

    def position(problem: Problem) -> tuple[int, int, int]:
        return max((place for pointer, place in order.items() if problem.pointer.startswith(pointer)), default=(len(order), 0, 0))

    ordered = sorted(problems.values(), key=position) if problems else []
    return Checked(tuple(ordered), tuple(w for w in warnings.values() if w.pointer not in problems))


def _reading_order(form: CompiledForm, settled: Settled) -> dict[str, tuple[int, int, int]]:
    """Draft pointers to where they stand on the pages: a group's rows one after the other."""
    order: dict[str, tuple[int, int, int]] = {}
    for index, (field, pointer, row) in enumerate(places(form, settled.data)):
        group = group_pointer(field.group)
        number = settled.data.rows[group].index(row.rsplit("/@", 1)[1]) if row else -1
        order[pointer] = (order[group][0] if row and group in order else index, number, index)
    return order


def check_instance(form: CompiledForm, instance: JsonValue, context: Context) -> tuple[Settled, Checked]:
    """The settled form of a submitted instance and what is wrong with it; pointers are instance pointers.

    Members the form does not know are problems. Values of the wrong type are problems and count as unanswered. Answers
    that are not relevant are dropped with a warning, computed ones are recomputed.
    """
    given = instance if isinstance(instance, dict) else {}
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
    for pointer, keyword, params in _schema_errors(form, given):
        if keyword == "additionalProperties":
            for name in str(params.get("names", "")).split("\n"):
                here = f"{pointer}/{name}"
                problems[here] = Problem(pointer=here, code="unknown-field", params={"field": name})
        elif keyword == "type":
            wrong.add(pointer)
            problems[pointer] = _problem(form, pointer, keyword, params)
    data = _without(form, data, wrong)
    settled = settle(form, data, context)
    checked = validate(form, settled, context=context)
    for problem in checked.problems:
        pointer = instance_pointer(data, problem.pointer)
        if not any(pointer == place or place.startswith(f"{pointer}/") for place in problems):
            problems[pointer] = Problem(pointer=pointer, code=problem.code, params=problem.params)
    warnings = [Problem(pointer=instance_pointer(data, w.pointer), code=w.code, params=w.params) for w in checked.warnings]
    warnings += [
        Problem(pointer=instance_pointer(data, pointer), code="not-relevant", params={"label": field.label})
        for field, pointer, row in places(form, settled.data)
        if (pointer in settled.hidden or (row and group_pointer(field.group) in settled.hidden)) and pointer in data.values
    ]
    return settled, Checked(tuple(problems.values()), tuple(warnings))


def _all(form: CompiledForm, settled: Settled, context: Context) -> Iterator[tuple[Problem, bool]]:
    yield from ((problem, False) for problem in _unreadable(form, settled))
    yield from ((problem, False) for problem in _missing(form, settled))
    # Kinds first: where a pattern fails, too, only the kind can say what is wrong with the number.
    yield from _kind_problems(form, settled, context)
    for pointer, keyword, params in _schema_errors(form, settled.instance):
        yield _problem(form, _draft_pointer(form, settled.data, pointer), keyword, params), False
    yield from _assertion_problems(form, settled)
    if not settled.stable:
        yield Problem(pointer="", code="rules-contradict"), False


def _unreadable(form: CompiledForm, settled: Settled) -> Iterator[Problem]:
    for field, pointer, _ in places(form, settled.data):
        if _hidden(settled, field, pointer):
            continue
        for leaf in KINDS[field.kind].leaves:
            if pointer + leaf in settled.data.raw:
                text = settled.data.raw[pointer + leaf][:40]
                yield Problem(
                    pointer=pointer + leaf, code=f"unreadable-{field.kind}", params={"label": field.label, "text": text}
                )


def _missing(form: CompiledForm, settled: Settled) -> Iterator[Problem]:
    for field, pointer, _ in places(form, settled.data):
        value = settled.data.values.get(pointer)
        if field.kind == "rows":
            if pointer in settled.required and not settled.data.rows.get(pointer):
                yield Problem(pointer=pointer, code="required-add", params={"label": field.label})
            continue
        if _hidden(settled, field, pointer):
            continue
        if value is None or value in ("", []):
            if pointer in settled.required and not any(pointer + leaf in settled.data.raw for leaf in KINDS[field.kind].leaves):
                yield Problem(
                    pointer=pointer, code=f"required-{_WORDING.get(field.kind, 'enter')}", params={"label": field.label}
                )
        elif isinstance(value, dict):
            for part in field.schema.get("required", ()):
                if part not in value and f"{pointer}/{part}" not in settled.data.raw:
                    title = field.schema.get("properties", {}).get(part, {}).get("title", part)
                    yield Problem(
                        pointer=f"{pointer}/{part}", code="required-part", params={"label": field.label, "part": str(title)}
                    )


def _schema_errors(form: CompiledForm, instance: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Param]]]:
    """Instance pointer, keyword and parameters of every schema error."""
    if form.validator.is_valid(instance):
        return
    for error in form.validator.iter_errors(instance):
        pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.instance_path)
        kind = error.kind
        params: dict[str, Param] = {}
        limit = getattr(kind, "limit", None)
        if limit is not None:
            params["limit"] = limit if isinstance(limit, int) else str(limit)
        unexpected = getattr(kind, "unexpected", None)
        if unexpected is not None:
            params["names"] = "\n".join(str(name).replace("~", "~0").replace("/", "~1") for name in unexpected)
        yield pointer, kind.name, params


def _problem(form: CompiledForm, pointer: str, keyword: str, params: Mapping[str, Param]) -> Problem:
    field = _field_at(form, pointer)
    known: dict[str, Param] = {"label": field.label if field is not None else pointer, **params}
    if field is not None and field.kind in ("money", "income") and isinstance(known.get("limit"), int):
        known["limit"] = str(int(known["limit"]) / 100)
    return Problem(pointer=pointer, code=f"schema-{keyword}", params=known)


def _kind_problems(form: CompiledForm, settled: Settled, context: Context) -> Iterator[tuple[Problem, bool]]:
    for field, pointer, _ in places(form, settled.data):
        value = settled.data.values.get(pointer)
        if value is None or _hidden(settled, field, pointer):
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
        for pointer, scope in _assertion_places(form, settled, field):
            if not _hidden(settled, field, pointer) and compiled.rule.evaluate(scope) is False:
                yield Problem(pointer=pointer, code=f"assertion:{compiled.id}", params=params), warning


def _assertion_places(form: CompiledForm, settled: Settled, field: FormField) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not field.group:
        yield group_pointer(field.id), settled.bindings
        return
    group = group_pointer(field.group)
    rows = settled.bindings.get(field.group, ())
    for key, row in zip(settled.data.rows.get(group, ()), rows, strict=False):
        yield f"{group}/@{key}{field.rest}", {**settled.bindings, **row_bindings(row)}


def _hidden(settled: Settled, field: FormField, pointer: str) -> bool:
    return pointer in settled.hidden or (bool(field.group) and group_pointer(field.group) in settled.hidden)


def _field_at(form: CompiledForm, pointer: str) -> FormField | None:
    field_id = field_id_of(pointer)
    while field_id:
        if field_id in form.fields:
            return form.fields[field_id]
        if field_id.endswith("[]"):
            field_id = field_id.removesuffix("[]")
            continue
        field_id = field_id.rpartition(".")[0]
    return None


def _draft_pointer(form: CompiledForm, data: FormData, pointer: str) -> str:
    parts = pointer.split("/")
    for index in range(1, len(parts)):
        keys = data.rows.get("/".join(parts[:index]))
        if keys is not None and parts[index].isdigit() and int(parts[index]) < len(keys):
            parts[index] = f"@{keys[int(parts[index])]}"
    return "/".join(parts)


def _on_page(form: CompiledForm, pointer: str, page: str) -> bool:
    field = _field_at(form, pointer)
    return field is not None and field.page == page


def _without(form: CompiledForm, data: FormData, wrong: set[str]) -> FormData:
    """The data without the fields in which a value of the wrong type was given."""
    if not wrong:
        return data
    broken = {
        pointer
        for pointer in data.values
        if any(
            place == instance_pointer(data, pointer) or place.startswith(instance_pointer(data, pointer) + "/") for place in wrong
        )
    }
    return msgspec.structs.replace(data, values={p: v for p, v in data.values.items() if p not in broken})
