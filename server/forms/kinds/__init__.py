"""Field kinds: one Python file, one macro file and one case file each; `KINDS` is the literal table."""

from __future__ import annotations

from server.forms.kinds import (
    address,
    attachment,
    bank_account,
    choice,
    choices,
    consent,
    date,
    decimal,
    disability_certificate,
    income,
    integer,
    items,
    long_text,
    money,
    phone,
    photo,
    resident_id,
    rows,
    search_choice,
    text,
    yes_no,
)
from server.forms.kinds.kind import FieldKind

KINDS: dict[str, FieldKind] = {
    "text": text.KIND,
    "long_text": long_text.KIND,
    "integer": integer.KIND,
    "decimal": decimal.KIND,
    "money": money.KIND,
    "date": date.KIND,
    "resident_id": resident_id.KIND,
    "disability_certificate": disability_certificate.KIND,
    "phone": phone.KIND,
    "bank_account": bank_account.KIND,
    "choice": choice.KIND,
    "choices": choices.KIND,
    "yes_no": yes_no.KIND,
    "search_choice": search_choice.KIND,
    "address": address.KIND,
    "income": income.KIND,
    "attachment": attachment.KIND,
    "photo": photo.KIND,
    "rows": rows.KIND,
    "consent": consent.KIND,
    "items": items.KIND,
}
