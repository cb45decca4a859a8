"""What commands print: findings and other results, for people or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from server.findings import Finding
from server.messages.findings import finding_text


class FindingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as printed."""

    code: str
    severity: str
    path: str
    pointer: str
    line: int | None
    message: str


def print_json(value: Any) -> None:
    """Writes the value as one JSON document, readable and in UTF-8."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def finding_lines(findings: Iterable[Finding]) -> tuple[FindingLine, ...]:
    """The findings with their texts."""
    return tuple(
        FindingLine(
            code=finding.code,
            severity=finding.severity,
            path=finding.path,
            pointer=finding.pointer,
            line=finding.line,
            message=finding_text(finding),
        )
        for finding in findings
    )


def print_findings(findings: Iterable[Finding]) -> None:
    """One finding a line, as compilers do: place, severity, code, text."""
    for line in finding_lines(findings):
        place = f"{line.path}:{line.line}" if line.line else line.path
        print(f"{place}: {line.severity} {line.code} {line.pointer}\n    {line.message}")


def fail(message: str, *, status: int = 2) -> NoReturn:
    """Ends the program with a message on standard error."""
    print(f"onething: {message}", file=sys.stderr)
    raise SystemExit(status)
