"""Nodes compiled: their rules, texts and tables against the variables of their process."""

from __future__ import annotations

from collections.abc import Mapping

from server.definitions import process
from server.definitions.service import Service
from server.documents.pointer import format_pointer
from server.processes.collecting import Collector
from server.processes.compiled import (
    AnyCompiledNode,
    CallNode,
    ChoiceNode,
    DecideNode,
    EachNode,
    EndNode,
    ForkNode,
    JoinNode,
    NoticeNode,
    NotifyNode,
    Offer,
    StartNode,
    SubprocessNode,
    TaskNode,
    Text,
    WaitNode,
    Way,
)
from server.processes.environment import element_type, variables_of_node
from server.processes.structure import inside_of
from server.processes.texts import compile_text
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.tables import CompiledTable, compile_table
from server.rules.types import BOOL, STRING, RuleType
from server.rules.variables import type_of_schema

_EMPTY = Text(parts=())


class NodeCompiler:
    """Compiles the nodes of one process; what is wrong goes to the collector and leaves a rule out."""

    def __init__(
        self,
        definition: process.ProcessDefinition,
        *,
        service: Service,
        task_variables: Mapping[str, Mapping[str, RuleType]],
        environment: Environment,
        found: Collector,
    ) -> None:
        self.definition = definition
        self.service = service
        self.task_variables = task_variables
        self.environment = environment
        self.found = found
        self.rules: dict[str, Rule] = {}
        self.tables: dict[str, CompiledTable] = {}
        self.notices: dict[str, tuple[Text, Text]] = {}
        self._seen_tables: set[str] = set()

    def nodes(self) -> dict[str, AnyCompiledNode]:
        """Every node that can be compiled, in document order."""
        compiled = {name: self._node(name, node) for name, node in self.definition.nodes.items()}
        return {name: node for name, node in compiled.items() if node is not None}

    def _node(self, name: str, node: process.AnyNode) -> AnyCompiledNode | None:
        title = node.title or name
        match node:
            case process.Start():
                return StartNode(id=name, title=title, next=node.next)
            case process.End():
                return self._end(name, title, node)
            case process.Task():
                return self._task(name, title, node)
            case process.Call():
                return self._call(name, title, node)
            case process.Decide():
                table = self._table(node.table)
                return DecideNode(id=name, title=title, table=table, next=node.next) if table is not None else None
            case process.Choice():
                return ChoiceNode(id=name, title=title, ways=self._ways(name, node.branches), otherwise=node.otherwise)
            case process.Fork():
                return self._fork(name, title, node)
            case process.Join():
                return JoinNode(id=name, title=title, next=node.next)
            case process.Wait():
                return WaitNode(id=name, title=title, on=node.on, definition=node)
            case process.PublicNotice():
                subject, text = self._notice(node.notice)
                return NoticeNode(id=name, title=title, on=node.on, definition=node, subject=subject, text=text)
            case process.Subprocess():
                return SubprocessNode(id=name, title=title, on=node.on, process=node.process, next=node.next)
            case process.Each():
                return self._each(name, title, node)
            case process.Notify():
                return self._notify(name, title, node)

    def _end(self, name: str, title: str, node: process.End) -> EndNode:
        code_from = self._rule(("nodes", name, "code_from"), node.code_from, STRING)
        reason = self._text(("nodes", name, "reason"), node.reason) if node.reason is not None else None
        return EndNode(id=name, title=title, code=node.code or "", code_from=code_from, reason=reason)

    def _task(self, name: str, title: str, node: process.Task) -> TaskNode:
        answers = dict(self.task_variables.get(node.form or "", {}))
        prefill: dict[str, Rule] = {}
        for field, text in node.prefill.items():
            place = ("nodes", name, "prefill", field)
            if node.form in self.task_variables and field not in answers:
                self.found.unknown(place, "unknown-answer", field=field, known=answers)
            rule = self._rule(place, text, answers.get(field))
            if rule is not None:
                prefill[field] = rule
        offers = [
            Offer(code=code, when=self._rule(("nodes", name, "outcomes", code, "when"), outcome.when, BOOL), next=outcome.next)
            for code, outcome in sorted(node.outcomes.items(), key=lambda entry: (entry[1].order, entry[0]))
        ]
        return TaskNode(
            id=name,
            title=title,
            on=node.on,
            definition=node,
            region=self._rule(("nodes", name, "actor", "region"), node.actor.region, STRING),
            instead_when=self._rule(("nodes", name, "actor", "instead_when"), node.actor.instead_when, BOOL),
            offers=tuple(offers),
            prefill=prefill,
            answers=answers,
        )

    def _call(self, name: str, title: str, node: process.Call) -> CallNode:
        connector = self.service.connectors.get(node.connector)
        operation = connector.operations.get(node.operation) if connector is not None else None
        schema = operation.request if operation is not None else {}
        members = schema.get("properties", {})
        request: dict[str, Rule] = {}
        for member, text in node.request.items():
            expected = type_of_schema(members.get(member), schema)
            rule = self._rule(("nodes", name, "request", member), text, expected)
            if rule is not None:
                request[member] = rule
        return CallNode(
            id=name,
            title=title,
            on=node.on,
            definition=node,
            request=request,
            required=frozenset(schema.get("required", ())),
            reply=variables_of_node(node, self.service, self.task_variables),
        )

    def _ways(self, name: str, branches: Mapping[str, process.Branch]) -> tuple[Way, ...]:
        return tuple(
            Way(code=code, when=self._rule(("nodes", name, "branches", code, "when"), branch.when, BOOL), next=branch.next)
            for code, branch in sorted(branches.items(), key=lambda entry: (entry[1].order, entry[0]))
        )

    def _fork(self, name: str, title: str, node: process.Fork) -> ForkNode | None:
        join = self.definition.nodes.get(node.join)
        ways = self._ways(name, node.branches)
        if not isinstance(join, process.Join):
            return None
        inside = inside_of(self.definition, name)
        return ForkNode(id=name, title=title, ways=ways, join=node.join, after=join.next, inside=inside)

    def _each(self, name: str, title: str, node: process.Each) -> EachNode | None:
        place = ("nodes", name, "over")
        rule = self._rule(place, node.over, None)
        if rule is None:
            return None
        member = element_type(rule.tree, self.environment.variables)
        if not rule.type.startswith(("list", "dyn")):
            self.found.add(place, "rule-type", {"expected": "list", "found": rule.type})
        elif node.process is None and member is not None and member.kind != "string":
            self.found.add(place, "rule-type", {"expected": "list(string)", "found": f"list({member})"})
        return EachNode(id=name, title=title, on=node.on, over=rule, process=node.process, next=node.next)

    def _notify(self, name: str, title: str, node: process.Notify) -> NotifyNode | None:
        notice = self.service.notices.get(node.notice)
        if notice is None:
            return None
        subject, text = self._notice(node.notice)
        return NotifyNode(
            id=name, title=title, notice=node.notice, channel=notice.channel, subject=subject, text=text, next=node.next
        )

    def _rule(self, place: tuple[str, ...], text: str | None, expected: RuleType | None) -> Rule | None:
        if text is None:
            return None
        rule = compile_rule(self.environment, text, expected)
        if isinstance(rule, Rule):
            self.rules[format_pointer(place)] = rule
            return rule
        for fault in rule:
            self.found.add(place, fault.code, fault.params)
        return None

    def _text(self, place: tuple[str, ...], text: str) -> Text:
        compiled = compile_text(self.environment, text)
        if isinstance(compiled, Text):
            return compiled
        for fault in compiled:
            self.found.add(place, fault.code, fault.params)
        return _EMPTY

    def _notice(self, notice_id: str) -> tuple[Text, Text]:
        """The subject and text of a notice document, compiled once for all nodes that use it."""
        notice = self.service.notices.get(notice_id)
        if notice_id not in self.notices and notice is not None:
            subject = self._notice_text(notice_id, "subject", notice.subject)
            self.notices[notice_id] = subject, self._notice_text(notice_id, "text", notice.text)
        return self.notices.get(notice_id, (_EMPTY, _EMPTY))

    def _notice_text(self, notice_id: str, part: str, text: str) -> Text:
        compiled = compile_text(self.environment, text)
        if isinstance(compiled, Text):
            return compiled
        for fault in compiled:
            params = {**fault.params, "process": self.found.process_id}
            self.found.add_at(f"notices/{notice_id}.json", f"/{part}", fault.code, params)
        return _EMPTY

    def _table(self, table_id: str) -> CompiledTable | None:
        """A table compiled against this process, once for all nodes that use it."""
        table = self.service.tables.get(table_id)
        if table_id not in self._seen_tables and table is not None:
            self._seen_tables.add(table_id)
            compiled = compile_table(table_id, table, self.environment)
            if isinstance(compiled, CompiledTable):
                self.tables[table_id] = compiled
            else:
                for fault in compiled:
                    params = {**fault.params, "process": self.found.process_id}
                    self.found.add_at(f"tables/{table_id}.table.json", fault.pointer, fault.code, params)
        return self.tables.get(table_id)
