"""The application form of the bundled service, its examples, and random answers to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from small_forms import TODAY, Weekdays, new_keys
from stdnum import luhn
from stdnum.cn import ric

from server.definitions.service import Service, read_service
from server.exports.folder import read_trees
from server.forms.compile import CompiledForm, compile_form
from server.forms.data import FormData, from_instance, group_pointer, row_pointers
from server.forms.kinds.kind import FormField
from server.forms.render import Renderer
from server.forms.settle import Context
from server.forms.surroundings import surroundings_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(ROOT.glob("form_schemas/*/*/examples/*.json"))
#: Letters of names and sentences: plain, rare, private, joined and beyond the basic plane.
LETTERS = st.sampled_from("王建国家庭困难需要照顾abcXYZ019·。，“”<>&\"'\\/{}~@%+=\ue004\U00020bb7\U0001f33e")
_PERIODS = ("month", "year")


@cache
def service() -> Service:
    bundle = EXAMPLES[0].parents[1]
    found, findings = read_service(read_trees(ROOT).documents, str(bundle.relative_to(ROOT / "form_schemas")))
    assert found is not None, findings
    return found


@cache
def form() -> CompiledForm:
    compiled = compile_form(service().form, surroundings_of(service()))
    assert isinstance(compiled, CompiledForm), compiled
    return compiled


@cache
def renderer() -> Renderer:
    return Renderer(form())


@cache
def context() -> Context:
    parameters = {
        f"parameters.{name}": max(entry.values, key=lambda value: value.valid_from).value
        for name, entry in service().parameters.parameters.items()
    }
    return Context(today=TODAY, calendar=Weekdays(), parameters=parameters)


@cache
def example(name: str) -> dict[str, Any]:
    found = next(path for path in EXAMPLES if path.stem == name)
    document: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return document


def data_of(instance: Mapping[str, Any]) -> FormData:
    return from_instance(instance, ((field.group, field.path) for field in form().fields.values()), new_keys())


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1920, 1, 1), TODAY))
    digits = f"{draw(st.sampled_from(['140105', '140214', '110101']))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return digits + ric.calc_check_digit(digits + "0")


def texts(field: FormField, *, lines: bool = False) -> st.SearchStrategy[str]:
    shortest, longest = field.schema.get("minLength", 1), min(field.schema.get("maxLength", 30), 60)
    if "pattern" in field.schema:
        return st.from_regex(field.schema["pattern"], fullmatch=True)
    letters = LETTERS | st.just("\n") if lines else LETTERS
    return st.text(letters, min_size=shortest, max_size=longest).map(str.strip).filter(lambda text: len(text) >= shortest)


def numbers(schema: Mapping[str, Any]) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum", 0), schema.get("maximum", 10**11))


def answers(field: FormField) -> st.SearchStrategy[Any]:
    """Values of a field that its schema and kind accept."""
    match field.kind:
        case "text" | "long_text":
            return texts(field, lines=field.kind == "long_text")
        case "integer" | "money" | "decimal":
            return numbers(field.schema)
        case "date":
            return st.dates(date(1900, 1, 1), TODAY).map(date.isoformat)
        case "resident_id":
            return id_numbers()
        case "disability_certificate":
            return st.builds("{}{}{}".format, id_numbers(), st.integers(1, 7), st.integers(1, 4))
        case "phone":
            return st.integers(13000000000, 19999999999).map(str)
        case "bank_account":
            return st.integers(10**15, 10**18).map(lambda number: f"{number}{luhn.calc_check_digit(str(number))}")
        case "choice" | "search_choice":
            return st.sampled_from([option.code for option in field.offered])
        case "choices" | "items":
            codes = [option.code for option in field.offered]
            return st.sets(st.sampled_from(codes), min_size=1, max_size=5).map(lambda chosen: sorted(chosen, key=codes.index))
        case "yes_no":
            return st.booleans()
        case "address":
            regions = ["110000", "140105", "140214001", *(field.regions.children("140105")[:1] if field.regions else ())]
            return st.fixed_dictionaries({"region": st.sampled_from(regions), "line": st.text(LETTERS, min_size=1, max_size=20)})
        case "income":
            amount = numbers(field.schema["properties"]["amount"])
            return st.fixed_dictionaries({"period": st.sampled_from(_PERIODS), "amount": amount})
        case "consent":
            return st.just({"agreed": True})
        case "photo":
            return st.just({"id": "f1", "name": "photo.jpg"})
    return st.just([{"id": "f2", "name": "scan.jpg"}])


@st.composite
def drafts(draw: st.DrawFn) -> FormData:
    """Random valid answers to some of the questions, with up to three rows in every group."""
    found = form()
    rows = {
        group_pointer(group): tuple(draw(st.lists(st.sampled_from(["a", "k7f2", "x9", "0"]), max_size=3, unique=True)))
        for group in found.groups
    }
    values: dict[str, Any] = {}
    for field in found.fields.values():
        if field.kind == "rows" or field.computed:
            continue
        for row in row_pointers(FormData(rows=rows), group_pointer(field.group)) if field.group else ("",):
            if draw(st.booleans()):
                values[row + field.rest] = draw(answers(field))
    return FormData(values=values, rows={group: keys for group, keys in rows.items() if keys}, touched=frozenset(values))
