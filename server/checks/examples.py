"""Examples still are what they say: accepted, or refused for the reasons they name.

An example that no longer is so warns and does not stop a publication: whoever adds a required field or a material means it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from server.checks.place import Place, nearest
from server.checks.settings import day_findings
from server.checks.subject import Subject
from server.definitions.bundle import Example
from server.definitions.regions import contains
from server.definitions.service import Service
from server.definitions.workdays import Workdays, is_day
from server.documents.pointer import parse_pointer
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.forms.settle import Context
from server.forms.validate import check_instance
from server.overlays.compose import origin_of

#: Tried on when neither the bundle nor a parameter names a day.
_SOME_DAY = date(2025, 1, 1)


def check_examples(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every example has exactly the problems and the materials it expects, and expects nothing that does not exist."""
    days = (*service.calendar.holidays, *service.calendar.workdays)
    calendar = Workdays(service.calendar) if all(map(is_day, days)) else None
    for name, example in service.examples.items():
        document = subject.document("example", name)
        if example.region not in service.regions.regions:
            yield document.under("region").error("unknown-region", region=example.region)
        yield from day_findings(example.today, document.under("today"))
        yield from _end_findings(service, example, document.under("ends"))
        # Those of the levels above hold where nothing was changed yet.
        if subject.form is not None and calendar is not None and _is_own(subject, name):
            today = _day(service, example)
            context = Context(today=today, calendar=calendar, parameters=_parameters(service, example.region))
            yield from _answer_findings(subject, subject.form, example, context, document)


def _is_own(subject: Subject, name: str) -> bool:
    """Whether an example was written for these documents, and not for those that a region changed afterwards."""
    if subject.composed is None or not subject.composed.layers:
        return True
    return origin_of(subject.composed, subject.path("example", name), "") == subject.region


def _answer_findings(
    subject: Subject, form: CompiledForm, example: Example, context: Context, document: Place
) -> Iterator[Finding]:
    settled, checked = check_instance(form, example.answers, context)
    expected = Counter(example.problems)
    for problem in checked.problems:
        if expected[problem.code]:
            expected[problem.code] -= 1
        else:
            here = document.under("answers", *parse_pointer(problem.pointer))
            yield here.warning("example-refused", problem=problem.code, label=problem.params.get("label", problem.pointer))
    for code in expected.elements():
        yield document.under("problems").warning("example-accepted", problem=code)
    chosen = settled.bindings.get(form.surroundings.items_field)
    items = chosen if isinstance(chosen, list) else ()
    due = {
        name
        for name, rules in subject.materials.items()
        if rules.is_due(settled.bindings, items) and not rules.is_waived(settled.bindings)
    }
    for name in sorted(due.symmetric_difference(example.materials_due)):
        code = "example-material-due" if name in due else "example-material-not-due"
        yield document.under("materials_due").warning(code, material=name)


def _end_findings(service: Service, example: Example, here: Place) -> Iterator[Finding]:
    for item_id, code in example.ends.items():
        item = service.items.items.get(item_id)
        if item is None:
            yield here.under(item_id).error("unknown-item", item=item_id, suggestion=nearest(item_id, service.items.items))
        elif code not in item.outcomes:
            near = nearest(code, item.outcomes)
            yield here.under(item_id).error("unknown-outcome", code=code, item=item_id, suggestion=near)


def _day(service: Service, example: Example) -> date:
    """The day the example names, else the day of issue, or the first on which every parameter has a value."""
    values = (value for parameter in service.parameters.parameters.values() for value in parameter.values)
    days = (example.today or "", service.bundle.issued_on or "", max((value.valid_from for value in values), default=""))
    return next((date.fromisoformat(day) for day in days if is_day(day)), _SOME_DAY)


def _parameters(service: Service, region: str) -> dict[str, int]:
    """The latest value of every parameter that covers a region."""
    found: dict[str, int] = {}
    for name, parameter in service.parameters.parameters.items():
        values = [value for value in parameter.values if contains(value.region, region)]
        if values:
            found[f"parameters.{name}"] = max(values, key=lambda value: (len(value.region.rstrip("0")), value.valid_from)).value
    return found
