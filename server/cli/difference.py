"""The command diff: what differs between two configurations, in sentences."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

from server.actions import differing
from server.actions.differing import Differing, Side, Source, Told
from server.actions.office import Office
from server.cli.output import fail, print_json
from server.cli.running import opened_office
from server.findings import Refused
from server.messages.differences import IMPACTS, impact_text

_Flag = Annotated[bool, Parameter(negative="")]
_Language = Literal["zh", "en"]


def diff(a: str, b: str, *, lang: _Language = "zh", impact: _Flag = False, json: _Flag = False) -> None:
    """Show what differs from A to B, one sentence a difference.

    Parameters
    ----------
    a
        folder, folder@region, release id sha256:…, service, service@region, or service@region:draft for a working copy.
    b
        The same; what it has and A has not is new.
    lang
        Language of the sentences.
    impact
        Tell as well which regions, rules, materials, tables, connectors, notices and items each difference touches, and how
        many drafts and running cases there are.
    json
        Print places, values and sentences in both languages as JSON.
    """
    found = asyncio.run(_compared(differing.source_of(a), differing.source_of(b), impact=impact, lang=lang))
    if json:
        print_json({"changes": [_line(one) for one in found.told], "cases": found.cases, "drafts": found.drafts})
        return
    for one in found.told:
        print(one.change.zh if lang == "zh" else one.change.en)
        for line in _impact_lines(one, lang):
            print(f"    {line}")
    for name, counts in (("cases", found.cases), ("drafts", found.drafts)):
        if counts:
            print(impact_text(name, [str(sum(counts.values()))], lang))
    print(f"{len(found.told)} differences")


async def _compared(a: Source, b: Source, *, impact: bool, lang: _Language) -> Differing:
    needed = any(source.kind != "folder" for source in (a, b))
    if needed:
        async with opened_office() as office:
            return await differing.compared(office, await _side(office, a), await _side(office, b), impact=impact, lang=lang)
    async with opened_office(needed=False) as present:
        return await differing.compared(present, await _side(None, a), await _side(None, b), impact=impact, lang=lang)


async def _side(office: Office | None, source: Source) -> Side:
    found = await differing.side_of(office, source)
    if isinstance(found, Refused):
        fail(f"{source.name} is neither a folder with data trees nor a release nor a published service with what was asked for")
    return found


def _line(one: Told) -> dict[str, Any]:
    line = {"service": one.service_id, **msgspec.to_builtins(one.change)}
    return line if one.impact is None else {**line, "impact": msgspec.to_builtins(one.impact)}


def _impact_lines(one: Told, lang: _Language) -> list[str]:
    if one.impact is None:
        return []
    touched = [(name, getattr(one.impact, name)) for name in IMPACTS if name in type(one.impact).__struct_fields__]
    return [impact_text(name, list(values), lang) for name, values in touched if values]
