"""Code lists offer codes they have, and their codes hang together."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place, nearest, repeated
from server.checks.settings import day_findings
from server.checks.subject import Subject
from server.definitions.bundle import CodeList
from server.definitions.service import LIBRARY, Service
from server.findings import Finding


def check_codelists(subject: Subject, service: Service) -> Iterator[Finding]:
    """Offered codes and parents exist, validity is written as days, and no list is empty."""
    for list_id, codelist in service.codelists.items():
        own = subject.document("codelist", list_id)
        yield from _findings(codelist, own if own.path in subject.documents else Place(f"{LIBRARY}/codelists/{list_id}.json"))


def _findings(codelist: CodeList, document: Place) -> Iterator[Finding]:
    codes, offered = codelist.codes, codelist.offer or ()
    if not codes:
        yield document.under("codes").error("empty-codelist")
    for index, code in enumerate(offered):
        here = document.under("offer", index)
        if code not in codes:
            yield here.error("unknown-code", code=code, suggestion=nearest(code, codes))
    for index in repeated(offered):
        yield document.under("offer", index).error("code-twice", code=offered[index])
    circling = _circling(codelist)
    for code, entry in codes.items():
        here = document.under("codes", code)
        yield from day_findings(entry.valid_from, here.under("valid_from"))
        yield from day_findings(entry.valid_to, here.under("valid_to"))
        if entry.valid_from is not None and entry.valid_to is not None and entry.valid_to < entry.valid_from:
            yield here.under("valid_to").error("validity-crossed", first=entry.valid_from, last=entry.valid_to)
        if entry.parent is not None and entry.parent not in codes:
            yield here.under("parent").error("unknown-code", code=entry.parent, suggestion=nearest(entry.parent, codes))
        elif code in circling:
            yield here.under("parent").error("code-below-itself", code=code)


def _circling(codelist: CodeList) -> set[str]:
    """Codes whose way up leads back to themselves."""
    found: set[str] = set()
    done: set[str] = set()
    for start in codelist.codes:
        way: dict[str, None] = {}
        code: str | None = start
        while code is not None and code in codelist.codes and code not in way and code not in done:
            way[code] = None
            code = codelist.codes[code].parent
        if code in way:
            found |= {*list(way)[list(way).index(str(code)) :]}
        done.update(way)
    return found
