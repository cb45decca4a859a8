"""The command check."""

from __future__ import annotations

from pathlib import Path

from server.cli.output import finding_lines, print_findings, print_json
from server.cli.trees import checked, tree_roots
from server.findings import Finding


def check(*paths: Path, json: bool = False) -> None:
    """Report everything wrong with the documents at PATHS; ends with status 1 when there is an error.

    Parameters
    ----------
    paths
        Folders with form_schemas and process_defs, those folders themselves, or anything inside.
    json
        Print the findings as a JSON list.
    """
    findings: list[Finding] = []
    services: list[str] = []
    for root in tree_roots(paths):
        found, names = checked(root)
        findings += found
        services += names
    if json:
        print_json(finding_lines(findings))
    else:
        print_findings(findings)
        errors = sum(finding.severity == "error" for finding in findings)
        print(f"{len(services)} services checked: {errors} errors, {len(findings) - errors} other findings")
    if any(finding.severity == "error" for finding in findings):
        raise SystemExit(1)
