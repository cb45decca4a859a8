"""One picture of a person."""

from __future__ import annotations

from server.forms.kinds import attachment
from server.forms.kinds.kind import FieldKind

KIND = FieldKind(
    id="photo",
    leaves=(),
    parse=attachment.keep_files,
    show=attachment.KIND.show,
    example=lambda field: {"name": "photo.jpg"},
    inputs=lambda field, value: {},
)
