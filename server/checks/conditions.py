"""Conditions can come true: no field that nobody sees, no branch that no case takes, no material that is never due.

What is decided is decided exactly, from the codes, truth values and bounds of the fields and the conditions under which these
are asked themselves; what is not is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.checks.domains import Known, known_of_form, known_of_process
from server.checks.layout import form_document
from server.checks.place import Place
from server.checks.rules import placed_facts
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.processes.compiled import ChoiceNode, ForkNode, TaskNode, Way
from server.rules.expressions import Rule
from server.rules.formulas import Always, Formula, Not, can_hold, formula_of

#: Operators that make nothing of a single value; a sum of one may stand for a name.
_JOINING = ("multiply", "minimum", "maximum")
#: Branches of one choice beyond which they are not decided.
_MOST_BRANCHES = 40


def check_form_conditions(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every field can come to be asked, every condition of a form can hold, and every assertion can be met."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            document = form_document(service, form.definition, "logic.json")
            groups = {"": known_of_form(form)} | {name: known_of_form(form, name) for name in form.groups}
            yield from _field_conditions(form, groups, document.under("fields"))
            for assertion in form.assertions:
                here = document.under("assertions", assertion.id, "holds")
                at = assertion.assertion.at
                goals = [formula_of(assertion.rule.tree), *_asked(form, at)]
                if _never(goals, groups[form.fields[at].group]) and not _never(goals[1:], groups[form.fields[at].group]):
                    yield here.error("assertion-never")


def check_material_conditions(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every material can come to be due, and none is waived for everybody."""
    if subject.form is None:
        return
    known = known_of_form(subject.form)
    for name, rules in subject.materials.items():
        here = subject.document("materials").under("materials", name)
        due = formula_of(rules.due.tree)
        if _never([due], known):
            yield here.under("due").error("material-never-due", material=name)
        elif rules.waived is not None:
            waived = formula_of(rules.waived.tree)
            if _never([due, Not(waived)], known) and _never([Not(waived)], known):
                yield here.under("waived").error("material-always-waived", material=name)
            elif _never([due, waived], known):
                yield _dead(rules.waived, here.under("waived"))


def check_process_conditions(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every branch can be taken, every outcome be offered, and every task be sent where its condition sends it."""
    for process_id, process in subject.processes.items():
        known = known_of_process(subject, service, process_id)
        nodes = subject.document("process", process_id).under("nodes")
        for name, node in process.nodes.items():
            here = nodes.under(name)
            match node:
                case ChoiceNode():
                    yield from _branches(node.ways, known, here, in_turn=True)
                case ForkNode():
                    yield from _branches(node.ways, known, here, in_turn=False)
                case TaskNode():
                    yield from _task(node, known, here)


def check_fact_conditions(subject: Subject, service: Service) -> Iterator[Finding]:
    """The condition of every fact can hold for some row, and no fact is what it is made of."""
    for place, fact, form, process in placed_facts(subject, service):
        alone = fact.operator in _JOINING and len(fact.operands) == 1 and "[]." not in str(fact.operands[0])
        if alone or (fact.operator == "all" and fact.where is None):
            yield place.error("idle-fact", fact=fact.name, operator=fact.operator)
        if fact.where is not None and form is not None and not process:
            group = str(fact.operands[0]).partition("[].")[0]
            if _never([formula_of(fact.where.tree)], known_of_form(form, group if group in form.groups else "")):
                yield _dead(fact.where, place.under("where"))


def _field_conditions(form: CompiledForm, groups: dict[str, Known], here: Place) -> Iterator[Finding]:
    for name, logic in form.logic.items():
        known = groups[form.fields[name].group]
        if logic.relevant is not None and _never(_asked(form, name), known):
            yield here.under(name, "relevant").error("never-relevant", field=name)
        elif logic.required is not None and _never([formula_of(logic.required.tree), *_asked(form, name)], known):
            yield _dead(logic.required, here.under(name, "required"))


def _asked(form: CompiledForm, name: str) -> list[Formula]:
    """What must hold for a field to be asked: its own condition and that of its group."""
    names = (name, form.fields[name].group)
    rules = (form.logic[one].relevant for one in names if one in form.logic)
    return [formula_of(rule.tree) for rule in rules if rule is not None]


def _branches(ways: Sequence[Way], known: Known, here: Place, *, in_turn: bool) -> Iterator[Finding]:
    before: list[Formula] = []
    if len(ways) > _MOST_BRANCHES:
        return
    for way in ways:
        formula = formula_of(way.when.tree) if way.when is not None else Always(True)
        if way.when is not None and _never([formula, *before], known):
            yield here.under("branches", way.code, "when").error("branch-never", branch=way.code)
        before += [Not(formula)] if in_turn else []


def _task(node: TaskNode, known: Known, here: Place) -> Iterator[Finding]:
    for offer in node.offers:
        if offer.when is not None and _never([formula_of(offer.when.tree)], known):
            yield here.under("outcomes", offer.code, "when").error("outcome-never-offered", outcome=offer.code)
    if node.instead_when is not None and _never([formula_of(node.instead_when.tree)], known):
        yield _dead(node.instead_when, here.under("actor", "instead_when"))


def _never(goals: Sequence[Formula], known: Known) -> bool:
    return not can_hold(goals, known.domains, known.conditions)


def _dead(rule: Rule, here: Place) -> Finding:
    """A condition without effect; one that says so itself was meant."""
    return here.warning("condition-never") if formula_of(rule.tree) == Always(False) else here.error("condition-never")
