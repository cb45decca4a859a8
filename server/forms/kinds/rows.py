"""A repeating group, as cards or as a table; rows are added, removed and moved by buttons."""

from __future__ import annotations

from typing import Any

from server.forms.kinds.attachment import keep_files
from server.forms.kinds.kind import FieldKind, FormField


def _show(field: FormField, value: Any) -> str:
    return str(len(value)) if isinstance(value, list) else "0"


KIND = FieldKind(
    id="rows", leaves=(), parse=keep_files, show=_show, example=lambda field: [], inputs=lambda field, value: {}, grouped=True
)
