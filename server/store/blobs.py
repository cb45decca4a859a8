"""Uploaded files on disk: encrypted, named by a keyed hash of what they hold, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from server.errors import DamagedData
from server.store.crypto import Cipher

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


class Blobs:
    """A folder of blobs; every call waits for the disk, so call it from a thread."""

    def __init__(self, folder: Path, *, cipher: Cipher) -> None:
        self._folder = folder
        self._cipher = cipher

    def address(self, sha256: str) -> str:
        """The name of the blob with this SHA-256; a stranger who knows the file cannot tell it."""
        return self._cipher.address("blob", sha256)

    def put(self, content: bytes) -> str:
        """The address of the content, once it is on disk; equal content is stored once."""
        address = self.address(hashlib.sha256(content).hexdigest())
        path = self._path(address)
        if not path.exists():
            path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            self._write(path, self._cipher.seal(content, f"blob:{address}"))
        # Also where another call wrote it: its name may not have reached the disk yet.
        for folder in (path.parent, self._folder):
            _sync_folder(folder)
        return address

    def get(self, sha256: str) -> bytes:
        """The content with this SHA-256; raises `DamagedData` when it is missing or was changed."""
        address = self.address(sha256)
        try:
            sealed = self._path(address).read_bytes()
        except FileNotFoundError:
            raise DamagedData(f"blob {address} is missing") from None
        content = self._cipher.open(sealed, f"blob:{address}")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedData(f"blob {address} holds something else")
        return content

    def _path(self, address: str) -> Path:
        return self._folder / address[:2] / address[2:]

    def _write(self, path: Path, sealed: bytes) -> None:
        passing = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with passing.open("xb") as file:
                os.fchmod(file.fileno(), _FILE_MODE)
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            passing.replace(path)
        finally:
            passing.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
