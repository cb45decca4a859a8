"""Every kind of field, as its case file shows it: what is posted, what becomes of it, and what people see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from case_files import CASES, Case, compare, read_case
from html_text import faults_of, parse, tidy
from small_forms import CONTEXT, compiled, control, definition, new_keys, surroundings

import server.forms.kinds
from server.forms.compile import CompiledForm
from server.forms.data import EMPTY, FormData, from_instance
from server.forms.decode import decode
from server.forms.kinds import KINDS
from server.forms.kinds.kind import FormField
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Settled, settle
from server.forms.validate import Checked, check_instance, validate
from server.messages.problems import PROBLEMS, problem_text

FOLDER = CASES / "kinds"
CODE = Path(server.forms.kinds.__file__).parent
FIELD = "/field"


def case_of(kind: str) -> Case:
    return read_case(FOLDER / f"{kind}.case")


def form_of(case: Case, *, optional: bool = False) -> CompiledForm:
    """The one field of the case on a page of its own."""
    element = control("field", **json.loads(case.parts.get("control", "{}")))
    required = ["field"] if case.parts.get("required") == "yes" and not optional else []
    around = surroundings(json.loads(case.parts.get("surroundings", "{}")))
    return compiled(definition({"field": json.loads(case.parts["schema"])}, [element], required=required), around)


def lines_of(case: Case, part: str) -> list[str]:
    return [line for line in case.parts.get(part, "").splitlines() if line.strip()]


def data_of(form: CompiledForm, value: Any) -> FormData:
    instance = {} if value is None else {"field": value}
    return from_instance(instance, ((field.group, field.path) for field in form.fields.values()), new_keys())


def posted(form: CompiledForm, text: str, start: FormData = EMPTY) -> FormData:
    """The data after a post written as an object of names and texts."""
    members = json.loads(text)
    pairs = [(name, one) for name, texts in members.items() for one in (texts if isinstance(texts, list) else [texts])]
    keys = (key for key in new_keys() if key not in start.rows.get(FIELD, ()))
    return decode(form, start, pairs, page="page", new_keys=keys).data


def outcome(form: CompiledForm, data: FormData) -> str:
    """What a case file says about answers: the value submitted, its words, unreadable text, and the problems."""
    settled = settle(form, data, CONTEXT)
    checked = validate(form, settled, context=CONTEXT)
    lines = []
    if "field" in settled.instance:
        lines += [f"value {json.dumps(settled.instance['field'], ensure_ascii=False)}"]
        lines += [f"show {line}" for line in words(form, settled)]
    if data.rows:
        lines.append(f"rows {' '.join(data.rows[FIELD])}")
    lines += [f"unreadable {name} {json.dumps(text, ensure_ascii=False)}" for name, text in settled.data.raw.items()]
    lines += [f"problem {p.pointer} {p.code}: {problem_text(p)}" for p in checked.problems]
    lines += [f"warning {w.pointer} {w.code}: {problem_text(w)}" for w in checked.warnings]
    return "\n".join(f"  {line}" for line in lines or ["nothing"])


def words(form: CompiledForm, settled: Settled) -> list[str]:
    field = form.fields["field"]
    if field.kind != "rows":
        return KINDS[field.kind].show(field, settled.instance["field"]).splitlines() or [""]
    return [KINDS["rows"].show(field, settled.instance["field"])]


def page(form: CompiledForm, data: FormData, checked: Checked | None = None) -> str:
    """The tidied page without the form around it, after it was found fit for use."""
    settled = settle(form, data, CONTEXT)
    html = Renderer(form).page(form.pages[0], settled, checked.problems if checked else (), PageRequest(action="/page"))
    assert faults_of(parse(html)) == []
    inner = html[html.index(b"</button>") + len(b"</button>") : html.index(b'<div class="actions">')]
    return tidy(inner)


def results(case: Case) -> dict[str, str]:
    """Everything the case file expects, as it is."""
    form = form_of(case)
    field = form.fields["field"]
    example = KINDS[field.kind].example(field)
    start = data_of(form, json.loads(case.parts["start"])) if "start" in case.parts else EMPTY
    found = {"kind": f"{field.kind}{' (required)' if field.required else ''}", "example": json.dumps(example, ensure_ascii=False)}
    if "posts" in case.parts:
        found["posts"] = "\n".join(f"{line}\n{outcome(form, posted(form, line, start))}" for line in lines_of(case, "posts"))
    if "values" in case.parts:
        found["values"] = "\n".join(
            f"{line}\n{outcome(form, data_of(form, json.loads(line)))}" for line in lines_of(case, "values")
        )
    filled = data_of(form, json.loads(case.parts["filled"]) if "filled" in case.parts else example)
    faulty = posted(form, case.parts["faulty"], start) if "faulty" in case.parts else start
    found["html blank"] = page(form, EMPTY)
    found["html filled"] = page(form, filled)
    found["html faulty"] = page(form, faulty, validate(form, settle(form, faulty, CONTEXT), context=CONTEXT))
    return found


def test_every_kind_has_its_python_its_macros_and_its_case() -> None:
    shared = {"__init__", "kind", "parts"}
    assert {path.stem for path in CODE.glob("*.py")} - shared == set(KINDS)
    assert {path.stem for path in CODE.glob("*.html")} - shared == set(KINDS)
    assert {path.stem for path in FOLDER.glob("*.case")} == set(KINDS)
    assert {name: kind.id for name, kind in KINDS.items()} == {name: name for name in KINDS}


@pytest.mark.cases
@pytest.mark.parametrize("kind", sorted(path.stem for path in FOLDER.glob("*.case")))
def test_a_kind_behaves_as_its_case_says(kind: str) -> None:
    case = case_of(kind)
    found = results(case)
    assert found["kind"].split()[0] == kind
    compare(case, found)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_example_of_a_kind_is_valid(kind: str) -> None:
    form = form_of(case_of(kind), optional=True)
    field = form.fields["field"]
    settled, checked = check_instance(form, {"field": KINDS[kind].example(field)}, CONTEXT)
    assert checked.problems == ()
    assert settled.stable


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_inputs_of_an_answer_post_the_same_answer(kind: str) -> None:
    case = case_of(kind)
    form = form_of(case)
    field = form.fields["field"]
    for line in lines_of(case, "posts"):
        data = posted(form, line)
        value = data.values.get(FIELD)
        if value is not None and not data.raw:
            again = KINDS[kind].parse(field, inputs_of(field, value))
            assert (again.value, again.raw) == (value, {}), line


def inputs_of(field: FormField, value: Any) -> dict[str, list[str]]:
    if isinstance(value, list):
        return {"": value}
    return {leaf: [text] for leaf, text in KINDS[field.kind].inputs(field, value).items()}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_problem_of_a_kind_has_a_text_with_all_its_parameters(kind: str) -> None:
    case = case_of(kind)
    form = form_of(case)
    for line in lines_of(case, "posts"):
        data = posted(form, line)
        checked = validate(form, settle(form, data, CONTEXT), context=CONTEXT)
        for problem in (*checked.problems, *checked.warnings):
            assert problem.code in PROBLEMS
            assert "{" not in problem_text(problem)
