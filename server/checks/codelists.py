"""Code lists offer codes they have, and their codes hang together."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place, nearest
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
        elif code in offered[:index]:
            yield here.error("code-twice", code=code)
    for code, entry in codes.items():
        here = document.under("codes", code)
        yield from day_findings(entry.valid_from, here.under("valid_from"))
        yield from day_findings(entry.valid_to, here.under("valid_to"))
        if entry.parent is not None and entry.parent not in codes:
            yield here.under("parent").error("unknown-code", code=entry.parent, suggestion=nearest(entry.parent, codes))
        elif _is_below_itself(codelist, code):
            yield here.under("parent").error("code-below-itself", code=code)


def _is_below_itself(codelist: CodeList, code: str) -> bool:
    seen: set[str] = set()
    entry = codelist.codes.get(code)
    while entry is not None and entry.parent is not None and entry.parent not in seen:
        if entry.parent == code:
            return True
        seen.add(entry.parent)
        entry = codelist.codes.get(entry.parent)
    return False
