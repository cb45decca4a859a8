"""Moving a running case to another release: whether it can, and the case once it has.

A case may move when everything it has done and waits for means the same there: its answers are valid, each of its tokens stands
at a node of the same kind that asks the same office or system, what officials answered is still valid, and nothing ahead needs
what only a step behind could have brought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from server.cases.acts import Act
from server.cases.clock import clocked
from server.cases.model import Case, Dossier, Happening, Task
from server.cases.outcome import Outcome
from server.cases.restating import resettled
from server.cases.submitting import chosen_items, missing_materials
from server.cases.views import is_inside, node_title
from server.definitions import process
from server.definitions.process import AnyNode
from server.findings import Param, Refused
from server.forms.data import from_instance
from server.forms.settle import settle
from server.forms.validate import validate
from server.messages.cases import happening_text
from server.messages.problems import problem_text
from server.processes.compiled import CompiledProcess, DecideNode, ForkNode, conforms
from server.processes.state import State, Token
from server.processes.structure import reached
from server.releases import Release, due_materials


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why a case cannot move to a release; its text is in `server.messages.migrating`."""

    code: str
    params: dict[str, Param] = {}


def migration_faults(old: Release, new: Release, dossier: Dossier, *, submitted: Release) -> tuple[Fault, ...]:
    """Everything that keeps a case from moving.

    The dossier holds the application as it was `submitted`, under that release.
    """
    case = dossier.case
    item = new.service.items.items.get(case.item)
    if item is None:
        return (Fault(code="item-gone", params={"item": old.service.items.items[case.item].title}),)
    if item.process != case.state.process:
        return (Fault(code="process-replaced", params={"item": item.title}),)
    found = (
        *_place_faults(new, case),
        *_answer_faults(new, dossier, submitted),
        *_state_faults(old, new, case.state),
        *_state_faults(submitted, new, dossier.application.intake),
        *(fault for task in _answered(dossier) for fault in _task_faults(new, case, task)),
        *_lacking(old, new, case.state),
    )
    return tuple(fault for place, fault in enumerate(found) if fault not in found[:place])


def migrate(
    old: Release, new: Release, dossier: Dossier, *, submitted: Release, act: Act
) -> Outcome | tuple[Fault, ...] | Refused:
    """The case under the new release, or every fault; `already-ended` or `same-release` when there is nothing to move."""
    case = dossier.case
    if case.ended_at is not None:
        return Refused("already-ended")
    if case.release_id == new.id:
        return Refused("same-release")
    faults = migration_faults(old, new, dossier, submitted=submitted)
    if faults:
        return faults
    happening = Happening(at=act.now, kind="migrated", text=happening_text("migrated"), actor=act.actor, unit=act.unit)
    # What a table decided is read back from the documents it was decided by.
    decisions = tuple(
        made if made.release_id else msgspec.structs.replace(made, release_id=case.release_id) for made in case.decisions
    )
    moved = msgspec.structs.replace(case, release_id=new.id, decisions=decisions, history=(*case.history, happening))
    return Outcome(cases=(clocked(new, moved, act.now),), migrated=(case.id,), events=(act.event(case.id),))


def _place_faults(new: Release, case: Case) -> Iterator[Fault]:
    if not is_inside(new, case.region):
        yield Fault(code="place-outside", params={"place": new.regions.full_name(new.region)})
    if case.supplement is not None:
        yield Fault(code="supplement-open")


def _answer_faults(new: Release, dossier: Dossier, submitted: Release) -> Iterator[Fault]:
    application = dossier.application
    settled = resettled(application, before=submitted, after=new)
    context = new.context(application.region, application.submitted_at)
    for problem in validate(new.form, settled, context=context).problems:
        yield Fault(code="answer", params={"problem": problem_text(problem)})
    for problem in missing_materials(settled, due_materials(new, settled, chosen_items(new, settled))):
        yield Fault(code="material", params={"problem": problem_text(problem)})


def _state_faults(old: Release, new: Release, state: State) -> Iterator[Fault]:
    """What keeps the tokens of a process from standing where they stand."""
    owners = {token.id: token for token in state.tokens}
    for scope in state.scopes:
        if scope.process not in new.processes:
            yield Fault(code="process-gone", params={"node": node_title(old, state, node=owners[scope.owner].node)})
            return
    if state.process not in new.processes:
        yield Fault(code="process-gone", params={"node": state.process})
        return
    for token in state.tokens:
        process_id = _process_of(state, token)
        before = old.processes[process_id].definition.nodes[token.node]
        after = new.processes[process_id].definition.nodes.get(token.node)
        title = node_title(old, state, node=token.node, token=token.id)
        if after is None:
            yield Fault(code="node-gone", params={"node": title})
        elif type(after) is not type(before):
            yield Fault(code="node-kind", params={"node": title})
        else:
            yield from _node_faults(old, new, before, after, title)
            yield from _token_faults(new, state, token, title)


def _node_faults(old: Release, new: Release, before: AnyNode, after: AnyNode, title: str) -> Iterator[Fault]:
    """What a node of the same kind asks of others than before."""
    match before, after:
        case (process.Task(), process.Task()):
            if before.actor != after.actor:
                yield Fault(code="node-actor", params={"node": title})
            if before.form != after.form:
                yield Fault(code="node-form", params={"node": title})
        case (process.Call(), process.Call()):
            if _contract(old, before) != _contract(new, after):
                yield Fault(code="node-call", params={"node": title})
        case (process.Wait(), process.Wait()):
            if (before.message, before.sender, before.supplement) != (after.message, after.sender, after.supplement):
                yield Fault(code="node-wait", params={"node": title})
        case (process.Subprocess(), process.Subprocess()):
            if before.process != after.process:
                yield Fault(code="node-inner", params={"node": title})
        case (process.Each(), process.Each()):
            if (before.process, before.over) != (after.process, after.over):
                yield Fault(code="node-inner", params={"node": title})
        case (process.Fork(), process.Fork()):
            if before.join != after.join:
                yield Fault(code="node-inner", params={"node": title})


def _contract(release: Release, call: process.Call) -> tuple[object, ...]:
    """What another system was asked and may answer."""
    connector = release.service.connectors.get(call.connector)
    operation = connector.operations.get(call.operation) if connector is not None else None
    return call.connector, call.operation, operation.reply if operation is not None else None


def _token_faults(new: Release, state: State, token: Token, title: str) -> Iterator[Fault]:
    compiled = new.processes[_process_of(state, token)]
    node = compiled.nodes[token.node]
    if "timeout" in token.timers and (node.on.timeout is None or node.on.timeout.after is None):
        yield Fault(code="node-timer", params={"node": title})
    scope = next((scope for scope in state.scopes if scope.id == token.scope), None)
    if scope is not None and scope.kind == "fork":
        owner = state.token(scope.owner)
        fork = compiled.nodes.get(owner.node) if owner is not None else None
        if not isinstance(fork, ForkNode) or (token.node != fork.join and token.node not in fork.inside):
            yield Fault(code="node-branch", params={"node": title})


def _process_of(state: State, token: Token) -> str:
    """The process at whose node a token stands."""
    return next((scope.process for scope in state.scopes if scope.id == token.scope), state.process)


def _answered(dossier: Dossier) -> Iterator[Task]:
    """The tasks whose answers the process knows: of each token's node the last one completed."""
    latest = {(task.node, task.token): task for task in dossier.tasks if task.outcome and task.closed_at is not None}
    yield from latest.values()


def _task_faults(new: Release, case: Case, task: Task) -> Iterator[Fault]:
    """What an official answered that is no longer valid; a step that is gone asks for nothing."""
    nodes = (found.definition.nodes.get(task.node) for found in new.processes.values())
    node = next((node for node in nodes if isinstance(node, process.Task)), None)
    if node is None:
        return
    if task.outcome not in node.outcomes:
        yield Fault(code="task-outcome", params={"task": task.title})
    form = new.task_forms.get(node.form) if node.form is not None else None
    if form is None or node.form != task.form:
        return
    keys = (str(number) for number in range(len(form.fields) * 1000))
    data = from_instance(task.answers, ((field.group, field.path) for field in form.fields.values()), keys)
    day = task.closed_at or task.opened_at
    context = new.context(case.region, day, day=case.accepted_on, extra={"outcome": task.outcome})
    for problem in validate(form, settle(form, data, context), context=context).problems:
        yield Fault(code="task-answer", params={"task": task.title, "problem": problem_text(problem)})


def _lacking(old: Release, new: Release, state: State) -> Iterator[Fault]:
    """What steps ahead need and steps behind never brought, because they did not ask for it or were not there."""
    for process_id, prefix, tokens in _frames(state):
        after = new.processes.get(process_id)
        before = old.processes.get(process_id)
        if after is None or before is None:
            continue
        known = {
            name.removeprefix(prefix): value
            for name, value in state.variables.items()
            if name.startswith(prefix) and "/" not in name.removeprefix(prefix)
        }
        yield from _unfit(after, known)
        ahead = reached(after.definition.nodes, (*(token.node for token in tokens), *_listened(after)))
        for node, names in _needs(after, ahead).items():
            for name in names:
                owner = name.partition(".")[0]
                behind = owner in after.nodes and owner not in ahead
                if behind and name not in known and name not in before.variables:
                    titles: dict[str, Param] = {"node": _title(after, node), "from": _title(after, owner)}
                    yield Fault(code="fact-missing", params=titles)


def _frames(state: State) -> Iterator[tuple[str, str, tuple[Token, ...]]]:
    """Each process that runs: its id, the prefix of its variables, and its tokens."""
    own = {scope.id: scope.process for scope in state.scopes if scope.kind != "fork"}
    forks = {scope.id for scope in state.scopes if scope.kind == "fork"}

    def frame_of(scope: str) -> str:
        while scope in forks:
            owner = state.token(next(one.owner for one in state.scopes if one.id == scope))
            scope = owner.scope if owner is not None else ""
        return scope

    for frame, process_id in {"": state.process, **own}.items():
        tokens = tuple(token for token in state.tokens if frame_of(token.scope) == frame)
        yield process_id, f"{frame}/" if frame else "", tokens


def _listened(compiled: CompiledProcess) -> tuple[str, ...]:
    """Where messages to the whole process lead."""
    return tuple(boundary.next for boundary in compiled.definition.on.values())


def _unfit(after: CompiledProcess, known: Mapping[str, object]) -> Iterator[Fault]:
    for name, value in known.items():
        wanted, owner = after.variables.get(name), name.partition(".")[0]
        if wanted is not None and owner in after.nodes and not conforms(value, wanted):
            yield Fault(code="fact-unfit", params={"node": _title(after, owner)})


def _needs(after: CompiledProcess, ahead: set[str]) -> dict[str, tuple[str, ...]]:
    """Node ahead to the variables its rules use, those of the facts it uses included."""
    named: dict[str, dict[str, None]] = {name: {} for name in ahead}
    for pointer, rule in after.rules.items():
        parts = pointer.split("/")
        if len(parts) > 2 and parts[1] == "nodes" and parts[2] in named:
            named[parts[2]].update(dict.fromkeys(rule.references))
    for name in ahead:
        node = after.nodes[name]
        if isinstance(node, DecideNode):
            named[name].update(dict.fromkeys(node.table.references))
    return {name: tuple(_with_operands(after, references)) for name, references in named.items()}


def _with_operands(after: CompiledProcess, names: Iterable[str]) -> Iterator[str]:
    """Variables with those that the facts among them are made of."""
    operands: dict[str, list[str]] = {}
    for fact in after.facts.facts:
        where = fact.where.references if fact.where is not None else ()
        operands[fact.name] = [*(one for one in fact.operands if isinstance(one, str)), *where]
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += operands.get(name, ())
            yield name


def _title(compiled: CompiledProcess, node: str) -> str:
    return compiled.nodes[node].title or node
