"""Two administrators at one field: what was typed here, and what the other one saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from admin_ui.conditions import Variable
from admin_ui.field_drafts import FieldDraft, relevance_text
from admin_ui.field_views import Head
from server.messages.admin import REQUIREMENTS, aspect_words


class GonePage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/gone.html`."""

    head: Head
    note: str
    #: Words and text of everything that was typed.
    texts: tuple[tuple[str, str], ...]


def typed_texts(draft: FieldDraft) -> tuple[tuple[str, str], ...]:
    """Every text of the inputs with its aspect."""
    return (
        ("label", draft.label),
        ("hint", draft.hint),
        ("options", draft.listed),
        ("relevant", draft.relevant),
        ("rules", "\n".join(draft.rules.values())),
    )


def differing(mine: FieldDraft, stored: FieldDraft, variables: Mapping[str, Variable]) -> tuple[tuple[str, str], ...]:
    """Words and stored value of every input that a colleague changed to something else than what was typed here."""
    relevant = relevance_text(mine, variables)
    pairs: Sequence[tuple[str, str, str]] = (
        ("label", mine.label, stored.label),
        ("hint", mine.hint, stored.hint),
        ("required", REQUIREMENTS[mine.required], REQUIREMENTS[stored.required]),
        ("options", mine.codelist or mine.listed, stored.codelist or stored.listed),
        ("relevant", relevant if isinstance(relevant, str) else "", stored.relevant),
    )
    return tuple((aspect_words([name]), theirs) for name, own, theirs in pairs if own != theirs)
