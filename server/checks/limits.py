"""The promise can be kept: the longest way through a process takes no more working days than its item has."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.durations import MAX_STEPS, Longest, Way
from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.items import Item
from server.definitions.process import Task
from server.definitions.service import Service
from server.findings import Finding
from server.messages.traces import path_words


def check_limits(subject: Subject, service: Service) -> Iterator[Finding]:
    """No item promises, and no law asks for, less time than the steps of its process may take."""
    for item_id, item in service.items.items.items():
        definition = service.processes.get(item.process)
        if item.process not in subject.processes or definition is None or (item.promised_limit, item.legal_limit) == (None, None):
            continue
        here = subject.document("items").under("items", item_id)
        longest = Longest(item.process, service)
        once, with_returns = longest.straight(), longest.with_returns()
        if once is None:
            yield here.warning("limit-not-decided", limit=MAX_STEPS)
        else:
            yield from _beyond(item, once, here)
        if item.legal_limit is not None and (once is None or once.days <= item.legal_limit) and with_returns > item.legal_limit:
            yield here.under("legal_limit").warning("limit-with-returns", days=with_returns, limit=item.legal_limit)
        for name, node in definition.nodes.items():
            if isinstance(node, Task) and node.limit is None and node.clock == "runs":
                yield subject.document("process", item.process).under("nodes", name).warning("step-without-limit", node=name)


def _beyond(item: Item, longest: Way, here: Place) -> Iterator[Finding]:
    for member, limit in (("promised_limit", item.promised_limit), ("legal_limit", item.legal_limit)):
        if limit is not None and longest.days > limit:
            code = "promise-too-short" if member == "promised_limit" else "legal-limit-too-short"
            yield here.under(member).error(code, days=longest.days, limit=limit, path=path_words(longest.words))
