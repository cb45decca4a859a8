"""Files as one zip archive with the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from server.definitions.service import region_of, service_ids
from server.exports.bundles import bundle_files
from server.types import JsonValue

#: The earliest time a zip entry can carry; a fixed one keeps the archive reproducible.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def zip_documents(documents: Mapping[str, JsonValue], *, signing_key: bytes = b"") -> bytes:
    """A zip archive of one service's layers with its manifest; equal documents give equal bytes."""
    (service_id,) = service_ids(documents)
    region = region_of(documents, service_id)
    return zip_files(bundle_files(documents, service_id=service_id, layer="all", region=region, signing_key=signing_key))


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files; equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(_entry(path), files[path])
    return buffer.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    # As on Unix, whatever the machine: part of the bytes.
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
