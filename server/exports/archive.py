"""Documents as one zip archive with the same bytes for the same documents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from server.documents.canonical import content_id
from server.documents.text import pretty_bytes
from server.exports.folder import document_bytes
from server.types import JsonValue

#: The earliest time a zip entry can carry; a fixed one keeps the archive reproducible.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def manifest_of(documents: Mapping[str, JsonValue]) -> JsonValue:
    """What an export holds: the content id of the whole and of every document."""
    return {
        "format": 1,
        "id": content_id(dict(documents)),
        "documents": {path: content_id(documents[path]) for path in sorted(documents)},
    }


def zip_documents(documents: Mapping[str, JsonValue]) -> bytes:
    """A zip archive of the trees with `manifest.json`; equal documents give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(documents):
            archive.writestr(_entry(path), document_bytes(documents[path]))
        archive.writestr(_entry("manifest.json"), pretty_bytes(manifest_of(documents)))
    return buffer.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
