"""Ed25519 signatures of manifests: who vouches for a bundle."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.definitions.common import Document
from server.types import JsonValue

SIGNATURE = "signature.json"
KEY_BYTES = 32

_PREFIX = "ed25519:"
_SIGNATURE_BYTES = 64

#: `own` or `trusted` signatures are taken at their word, `unknown` and `unsigned` ones only when somebody says so.
Standing = Literal["own", "trusted", "unknown", "unsigned", "wrong"]


class Signature(Document, frozen=True, kw_only=True):
    """`signature.json`: beside the manifest, so that the same bundle has the same manifest whoever signs it."""

    key: str
    signature: str


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed a bundle, as far as this installation can tell."""

    standing: Standing
    #: The signing key; empty for an unsigned bundle.
    key: str = ""


def public_key(signing_key: bytes) -> str:
    """The key by which others recognise what a signing key signed."""
    return _PREFIX + base64.b64encode(Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()).decode()


def is_public_key(text: str) -> bool:
    """Whether a text is such a key."""
    return len(_decoded(text.removeprefix(_PREFIX))) == KEY_BYTES if text.startswith(_PREFIX) else False


def signed(manifest: bytes, signing_key: bytes) -> JsonValue:
    """The signature of a manifest's bytes, as a document."""
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign(manifest)
    return {"key": public_key(signing_key), "signature": base64.b64encode(signature).decode()}


def signer_of(manifest: bytes, signature: Signature | None, *, own_key: str, trusted: Collection[str]) -> Signer:
    """Who signed these bytes; `wrong` when the signature is of others."""
    if signature is None:
        return Signer(standing="unsigned")
    key, raw = _decoded(signature.key.removeprefix(_PREFIX)), _decoded(signature.signature)
    if not is_public_key(signature.key) or len(raw) != _SIGNATURE_BYTES:
        return Signer(standing="wrong", key=signature.key)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, manifest)
    except (InvalidSignature, ValueError):
        return Signer(standing="wrong", key=signature.key)
    standing: Standing = "own" if signature.key == own_key else "trusted" if signature.key in trusted else "unknown"
    return Signer(standing=standing, key=signature.key)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
