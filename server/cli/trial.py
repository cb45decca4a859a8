"""The command try: one application run in memory, without database or network."""

from __future__ import annotations

import json as standard_json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from server.cases.trial import run_trial
from server.cli.output import fail, finding_lines, print_findings, print_json
from server.cli.trees import compiled, tree_roots
from server.definitions.workdays import day_of


def try_(
    service: str,
    *,
    region: str,
    answers: Path,
    walk: Path | None = None,
    today: date | None = None,
    trees: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run one application of SERVICE in memory and print what becomes of it.

    Parameters
    ----------
    service
        Id of the service, for example province/service.
    region
        Code of the region that receives it.
    answers
        JSON file with the submitted instance; materials.<id> is a list of files, {"name": …} is enough.
    walk
        JSON file with a list of what happens: {case, node, outcome, answers}, {case, message, payload}, {advance: "P7D"}.
    today
        Day of the submission, 2026-03-02; the day it is by default.
    trees
        Folder with the data trees; the shipped ones by default.
    json
        Print the result as JSON.
    """
    (root,) = tree_roots((trees,) if trees is not None else ())[:1]
    release, findings = compiled(root, service, region)
    if release is None:
        if json:
            print_json({"findings": finding_lines(findings)})
        else:
            print_findings(findings)
        raise SystemExit(1)
    if region not in release.regions:
        fail(f"unknown region {region}")
    result = run_trial(
        release, region=region, answers=_read(answers), walk=_read(walk) if walk else [], today=today or day_of(datetime.now(UTC))
    )
    if json:
        print_json(result)
        return
    for problem in result.problems:
        print(f"{problem.pointer}: {problem.message}")
    for case in result.cases:
        print(f"{case.item}: {case.end or 'running'}  {case.reason or ''}")
        for task in case.tasks:
            print(f"    {task.opened}  {task.node}  {task.agency}/{task.level}/{task.region}  {task.outcome or '-'}")


def _read(path: Path) -> Any:
    try:
        return standard_json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        fail(f"cannot read {path}: {error.strerror}")
    except ValueError as error:
        fail(f"{path} is not JSON: {error}")
