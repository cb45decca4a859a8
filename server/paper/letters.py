"""Receipts of applications and letters about results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from server.cases.model import Application, Case
from server.cases.views import lead_office, unit_title
from server.definitions.workdays import CHINA, day_of
from server.messages import paper as words
from server.messages.kinds import show_date
from server.paper.content import Closing, Pair, Paper, Part, PrintedFacts, PrintedTable, PrintedText
from server.paper.pictures import qr_code
from server.paper.prose import paragraphs
from server.paper.sheets import WORDS
from server.releases import Release


def receipt_paper(
    release: Release, application: Application, *, cases: Mapping[str, tuple[str, str]], place: str, address: str
) -> Paper:
    """The receipt of an application; `cases` are case numbers with the item and the office that has it, in words."""
    bundle = release.service.bundle
    facts = {
        "number": application.number,
        "service": bundle.title,
        "applicant": application.applicant_name,
        "submitted_at": _moment(application.submitted_at),
        "place": place,
        "phone": bundle.contact_phone or "",
    }
    lines = tuple((item, number, office) for number, (item, office) in cases.items())
    return Paper(
        title=words.RECEIPT,
        issuer=bundle.full_title or bundle.title,
        number=words.NUMBER.format(number=application.number),
        parts=(
            PrintedFacts(title="", pairs=_pairs(words.RECEIPT_FACTS, facts)),
            PrintedTable(title=words.RECEIPT_ITEMS, widths=(3, 5, 4), heads=words.RECEIPT_HEADS, lines=lines),
            PrintedText(title=words.RECEIPT_NEXT, paragraphs=words.RECEIPT_STEPS),
        ),
        code=qr_code(address).decode(),
        code_text=words.CODE.format(address=address),
        words=WORDS,
    )


def letter_paper(release: Release, application: Application, case: Case, *, address: str) -> Paper:
    """The letter about the result of a case that has ended."""
    item = release.service.items.items[case.item]
    assert case.ended_at is not None
    office = unit_title(release, lead_office(release, case))
    return Paper(
        title=words.LETTER.format(item=item.title),
        issuer=office,
        number=words.NUMBER.format(number=case.number),
        parts=(
            PrintedText(
                title=words.GREETING.format(name=application.applicant_name),
                paragraphs=(words.OPENING.format(item=item.title),),
            ),
            PrintedFacts(title="", pairs=_pairs(words.LETTER_FACTS, _result(release, application, case))),
            *_what_follows(release, case),
            Closing(lines=(office, _day(day_of(case.ended_at)))),
        ),
        code=qr_code(address).decode(),
        code_text=words.CODE.format(address=address),
        words=WORDS,
    )


def _result(release: Release, application: Application, case: Case) -> dict[str, str]:
    item = release.service.items.items[case.item]
    outcome = item.outcomes.get(case.result)
    cited = (source for made in case.decisions for source in (made.decision.source,) if source)
    return {
        "number": case.number,
        "item": item.title,
        "submitted_at": _moment(application.submitted_at),
        "accepted_on": _day(case.accepted_on) if case.accepted_on is not None else "",
        "result": outcome.title if outcome is not None else case.result,
        "reason": case.reason,
        "basis": words.BETWEEN_SOURCES.join(dict.fromkeys((*cited, *item.law))),
        "ended_at": _moment(case.ended_at) if case.ended_at is not None else "",
    }


def _what_follows(release: Release, case: Case) -> Iterator[Part]:
    """What the applicant can expect, and how to have the result looked at again; nothing is said twice."""
    advice, appeal = _advice(release, case), _appeal(release, case.result)
    if appeal:
        advice = advice.replace(appeal, "")
    if advice.strip():
        yield PrintedText(title=words.ADVICE, paragraphs=paragraphs(advice))
    if appeal:
        yield PrintedText(title=words.APPEAL, paragraphs=paragraphs(appeal))


def _advice(release: Release, case: Case) -> str:
    outcome = release.service.items.items[case.item].outcomes.get(case.result)
    return outcome.advice or "" if outcome is not None else ""


def _appeal(release: Release, result: str) -> str:
    sheet = release.service.sheet
    letter = sheet.letter if sheet is not None else None
    return letter.appeals.get(result, letter.appeal) if letter is not None else ""


def _pairs(labels: Mapping[str, str], facts: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple(Pair(label=label, text=facts[name]) for name, label in labels.items() if facts.get(name))


def _day(day: date) -> str:
    return show_date(day.isoformat())


def _moment(instant: datetime) -> str:
    return words.MOMENT.format(date=_day(day_of(instant)), time=f"{instant.astimezone(CHINA):%H:%M}")
