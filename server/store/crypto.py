"""Keys, sealed values and keyed hashes.

A sealed value names its key: one byte of format, one byte of length, the key id, a nonce of 12 bytes, then AES-256-GCM
ciphertext and tag. The identity of the row it stands in is authenticated with it, so that no value can be moved to another row.
"""

from __future__ import annotations

import hashlib
import hmac
import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import DamagedData
from server.types import PersonHash

KEY_BYTES = 32

_FORMAT = 1
_NONCE_BYTES = 12
_LONGEST_ID = 255


class Keyring(msgspec.Struct, frozen=True, kw_only=True):
    """The secrets of one installation; without them the data folder is unreadable. In JSON the keys are base64."""

    #: Id of the key that seals new values.
    current: str
    #: Every key that still opens stored values, by id.
    keys: dict[str, bytes]
    #: Key of the hashes by which people, accounts and files are found.
    person_key: bytes

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError("the current key is not among the keys")
        if any(len(key) != KEY_BYTES for key in (*self.keys.values(), self.person_key)):
            raise ValueError(f"every key has {KEY_BYTES} bytes")
        if any(not 0 < len(key_id.encode()) <= _LONGEST_ID for key_id in self.keys):
            raise ValueError(f"the id of a key has 1 to {_LONGEST_ID} bytes")

    def __repr__(self) -> str:
        """Names the keys and shows none."""
        return f"Keyring(current={self.current!r}, keys={sorted(self.keys)!r})"

    def person_hash(self, id_number: str) -> PersonHash:
        """The keyed hash under which a person is found by identity number, however its last letter is written."""
        return PersonHash(keyed_hash(self.person_key, "person", id_number.strip().upper()))


class Cipher:
    """Seals values and finds people with the keys of one installation."""

    def __init__(self, keyring: Keyring) -> None:
        self._person_key = keyring.person_key
        self._ciphers = {key_id.encode(): AESGCM(key) for key_id, key in keyring.keys.items()}
        self._current = self._ciphers[keyring.current.encode()]
        name = keyring.current.encode()
        self._head = bytes((_FORMAT, len(name))) + name

    def seal(self, plain: bytes, identity: str) -> bytes:
        """The value encrypted with the current key, bound to the row it stands in."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._head + nonce + self._current.encrypt(nonce, plain, identity.encode())

    def open(self, sealed: bytes, identity: str) -> bytes:
        """The value again; raises `DamagedData` when it was changed, moved, or sealed with a key that is not here."""
        start = 2 + sealed[1] if len(sealed) > 1 and sealed[0] == _FORMAT else 0
        cipher = self._ciphers.get(sealed[2:start])
        if cipher is None:
            raise DamagedData(f"{identity}: sealed with a key that is not on the keyring")
        nonce, text = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, text, identity.encode())
        except (InvalidTag, ValueError):
            raise DamagedData(f"{identity}: the stored value does not decrypt") from None

    def address(self, purpose: str, value: str) -> str:
        """The keyed hash under which a value is found without being stored."""
        return keyed_hash(self._person_key, purpose, value)


def keyed_hash(key: bytes, purpose: str, value: str) -> str:
    """Hexadecimal HMAC-SHA256 of the value; equal values of different purposes have different hashes."""
    return hmac.digest(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hex()
