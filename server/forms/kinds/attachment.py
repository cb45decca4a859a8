"""Files: metadata with a hash here, bytes in the blob store; uploads come beside the form, never inside it."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.kind import ABSENT, FieldKind, FormField, Parsed, Posted
from server.messages.kinds import LIST_COMMA


def keep_files(field: FormField, posted: Posted) -> Parsed:
    """Nothing: the list of files changes only by uploading and removing."""
    return Parsed(ABSENT)


def _show(field: FormField, value: Any) -> str:
    files = value if isinstance(value, list) else [value]
    return LIST_COMMA.join(str(file.get("name", "")) for file in files if isinstance(file, dict))


KIND = FieldKind(
    id="attachment",
    leaves=(),
    parse=keep_files,
    show=_show,
    example=lambda field: [{"name": "example.jpg"}],
    inputs=lambda field, value: {},
    grouped=True,
)
