"""The table of checks and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from server.checks.subject import Subject
from server.findings import Finding

Check = Callable[[Subject], Iterable[Finding]]


def _compiled(subject: Subject) -> Iterator[Finding]:
    yield from subject.findings


#: Every check by name, in the order in which they run; all of them run, whatever the others find.
CHECKS: tuple[tuple[str, Check], ...] = (("documents read and compile", _compiled),)


def run_checks(subject: Subject) -> tuple[Finding, ...]:
    """Every finding of every check, each once, sorted by document, place and code."""
    found: list[Finding] = []
    for _, check in CHECKS:
        found += (finding for finding in check(subject) if finding not in found)
    return tuple(sorted(found, key=lambda finding: (finding.path, finding.pointer, finding.code)))
