"""What one installation decides for itself: folder, addresses, keys and the systems behind the bundles' slots.

Keys live in `keys.json` of the data folder, readable by its owner only; the other systems in `bindings.json` beside it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from server.connect.binding import Binding, is_web_address
from server.exports.folder import shipped_root
from server.store.crypto import Keyring

KEYS_FILE = "keys.json"
BINDINGS_FILE = "bindings.json"
DEFAULT_PORT = 8000
DEFAULT_HOST = "127.0.0.1"

_KEY_BYTES = 32
_HIGHEST_PORT = 65_535
_OTHERS = 0o077

T = TypeVar("T")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one installation; its representation holds no secret."""

    demo: bool
    folder: Path
    host: str
    port: int
    #: Address under which people and other systems reach this installation, without a slash at the end.
    public_address: str
    #: Whether cookies are sent over HTTPS only.
    secure_cookies: bool
    session_secret: bytes
    keys: Keyring
    #: Slot of a bundle's connector, or `sms` for the message gateway, to the other system.
    bindings: dict[str, Binding]
    #: Address of the page that shows text messages; empty outside a demonstration.
    sms_page: str
    #: Folder that holds the two data trees shipped with the program.
    trees: Path

    def __repr__(self) -> str:
        return f"Settings(demo={self.demo}, folder={str(self.folder)!r}, public_address={self.public_address!r})"


class _Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keys.json`; bytes are base64."""

    #: Whether a demonstration made them, whose data hold accounts with a public password.
    demo: bool
    session_secret: bytes
    person_key: bytes
    #: Id of the key new values are encrypted with.
    current: str
    keys: dict[str, bytes]

    def __post_init__(self) -> None:
        held = (self.session_secret, self.person_key, *self.keys.values())
        if self.current not in self.keys or any(len(key) != _KEY_BYTES for key in held):
            raise ValueError(f"every key needs {_KEY_BYTES} bytes, and `current` must name one")


def read_settings(environ: Mapping[str, str], folder: Path, *, demo: bool = False) -> Settings | tuple[str, ...]:
    """The settings of an installation, or what is missing, in words that hold no secret.

    ONETHING_HOST and PORT say where to listen, ONETHING_ADDRESS how people and other systems get there.
    """
    missing: list[str] = []
    keys = _read(folder / KEYS_FILE, _Keys, missing)
    if keys is None and not missing:
        missing.append(f"{folder / KEYS_FILE} does not exist; `onething init` makes the installation's own keys")
    if keys is not None and keys.demo and not demo:
        missing.append(f"{folder} belongs to a demonstration, whose accounts have a public password; use another folder")
    bindings = _read(folder / BINDINGS_FILE, dict[str, Binding], missing) or {}
    port = _port(environ.get("PORT", ""), missing)
    host = environ.get("ONETHING_HOST") or DEFAULT_HOST
    address = (environ.get("ONETHING_ADDRESS") or f"http://{host}:{port}").rstrip("/")
    if not is_web_address(address):
        missing.append("ONETHING_ADDRESS is no address that begins with http:// or https://")
    if missing or keys is None:
        return tuple(missing)
    return Settings(
        demo=demo,
        folder=folder,
        host=host,
        port=port,
        public_address=address,
        secure_cookies=address.startswith("https://"),
        session_secret=keys.session_secret,
        keys=Keyring(current=keys.current, keys=keys.keys, person_key=keys.person_key),
        bindings=bindings,
        sms_page="",
        trees=shipped_root(),
    )


def make_keys(folder: Path, *, demo: bool = False) -> bool:
    """Ensures the folder has keys of its own, readable by its owner only; whether they are new."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = _Keys(
        demo=demo,
        session_secret=secrets.token_bytes(_KEY_BYTES),
        person_key=secrets.token_bytes(_KEY_BYTES),
        current="k1",
        keys={"k1": secrets.token_bytes(_KEY_BYTES)},
    )
    made = folder / f"{KEYS_FILE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keys), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link never replaces keys that another process made meanwhile: data encrypted with them would be lost.
        (folder / KEYS_FILE).hardlink_to(made)
    except FileExistsError:
        return False
    finally:
        made.unlink()
    return True


def _read(path: Path, shape: type[T], missing: list[str]) -> T | None:
    if not path.is_file():
        return None
    if path.stat().st_mode & _OTHERS:
        missing.append(f"{path} can be read by others; `chmod 600` it")
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (ValueError, OSError) as error:
        # A decoding error names a place and a type, never the value there.
        missing.append(f"{path} cannot be read: {error}")
        return None


def _port(text: str, missing: list[str]) -> int:
    if not text:
        return DEFAULT_PORT
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= _HIGHEST_PORT:
        return int(text)
    missing.append(f"PORT must be a number from 1 to {_HIGHEST_PORT}")
    return DEFAULT_PORT
