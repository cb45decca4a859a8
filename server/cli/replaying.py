"""The command replay: what other documents would make of stored cases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.actions import replaying
from server.actions.replay_words import cause_words, group_words
from server.actions.replaying import Report
from server.cli.output import fail, print_findings, print_json
from server.cli.running import opened_office
from server.findings import Refused
from server.messages.replays import group_lines, total_text
from server.releases import Release

_Flag = Annotated[bool, Parameter(negative="")]
_Language = Literal["zh", "en"]


def replay(
    service: str, *, draft: _Flag = False, folder: Path | None = None, lang: _Language = "zh", json: _Flag = False
) -> None:
    """Run documents against the stored cases of SERVICE and report whose result would change, and why; nothing is stored.

    Parameters
    ----------
    service
        Id of the service, or service@region for the cases of one region.
    draft
        Try the working copy of the region instead of what is in force there.
    folder
        Try the documents of a folder instead.
    lang
        Language of the sentences.
    json
        Print the report as JSON.
    """
    name, _, region = service.partition("@")
    report, release = asyncio.run(_replayed(name, region, draft=draft, folder=folder))
    if json:
        print_json(report)
        return
    for group in report.groups:
        said, causes = group_words(group, lang), list(cause_words(group, release, lang))
        for line in group_lines(said, causes, count=group.count, numbers=group.examples, lang=lang):
            print(line)
    print(total_text(looked=report.looked, differing=report.differing, elsewhere=report.elsewhere, lang=lang))


async def _replayed(service_id: str, region: str, *, draft: bool, folder: Path | None) -> tuple[Report, Release]:
    async with opened_office() as office:
        tried = await replaying.tried(office, service_id=service_id, region=region, draft=draft, folder=folder)
        if isinstance(tried, Refused):
            fail(_refusal(tried, service_id, region))
        if isinstance(tried, tuple):
            print_findings(tried)
            raise SystemExit(1)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            bar = shown.add_task(service_id, total=None)
            report = await replaying.replay_cases(
                office, tried=tried, progress=lambda seen, total: shown.update(bar, completed=seen, total=total)
            )
        return report, tried.release


def _refusal(refused: Refused, service_id: str, region: str) -> str:
    if refused.reason == "nothing-changed":
        return f"there is no working copy of {service_id} in {region or 'the region of its base'}"
    if refused.reason == "unknown-source":
        return f"no documents found in {refused.params['name']}"
    return f"{service_id} is not published"
