"""The items applied for, with what each is and whom it is for."""

from __future__ import annotations

from server.forms.kinds import choices
from server.forms.kinds.kind import FieldKind

KIND = FieldKind(
    id="items",
    parse=choices.KIND.parse,
    show=choices.KIND.show,
    example=choices.KIND.example,
    inputs=choices.KIND.inputs,
    grouped=True,
)
