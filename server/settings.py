"""What one installation decides for itself: folder, addresses, keys and the systems behind the bundles' slots.

Keys live in `keys.json` of the data folder, readable by its owner only; beside it the other systems in `bindings.json` and the
keys of installations whose bundles are taken over in `trusted.json`.
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
from server.exports.signature import KEY_BYTES, is_public_key
from server.store.crypto import Keyring

KEYS_FILE = "keys.json"
BINDINGS_FILE = "bindings.json"
TRUSTED_FILE = "trusted.json"
DEFAULT_PORT = 8000
DEFAULT_HOST = "127.0.0.1"

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
    #: Signs the bundles that leave; empty in an installation that was made before there was one.
    signing_key: bytes = b""
    #: Public key of an installation whose bundles are taken over, to a name for it.
    trusted: dict[str, str] = {}

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
    signing_key: bytes = b""

    def __post_init__(self) -> None:
        held = (self.session_secret, self.person_key, *self.keys.values(), self.signing_key or bytes(KEY_BYTES))
        if self.current not in self.keys or any(len(key) != KEY_BYTES for key in held):
            raise ValueError(f"every key needs {KEY_BYTES} bytes, and `current` must name one")


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
    trusted = _read(folder / TRUSTED_FILE, dict[str, str], missing) or {}
    if not all(map(is_public_key, trusted)):
        missing.append(f"{folder / TRUSTED_FILE} holds something that is no key; `onething trust` writes it")
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
        signing_key=keys.signing_key,
        trusted=trusted,
    )


def make_keys(folder: Path, *, demo: bool = False) -> bool:
    """Ensures the folder has keys of its own, readable by its owner only; whether they are new."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = _Keys(
        demo=demo,
        session_secret=secrets.token_bytes(KEY_BYTES),
        person_key=secrets.token_bytes(KEY_BYTES),
        current="k1",
        keys={"k1": secrets.token_bytes(KEY_BYTES)},
        signing_key=secrets.token_bytes(KEY_BYTES),
    )
    made = _written(folder, KEYS_FILE, keys)
    try:
        # Unlike a rename, a link never replaces keys that another process made meanwhile: data encrypted with them would be lost.
        (folder / KEYS_FILE).hardlink_to(made)
    except FileExistsError:
        return False
    finally:
        made.unlink()
    return True


def add_signing_key(folder: Path) -> bool:
    """Ensures that keys which were made before bundles were signed have a key for it; whether it is new."""
    keys = _read(folder / KEYS_FILE, _Keys, [])
    if keys is None or keys.signing_key:
        return False
    keys = msgspec.structs.replace(keys, signing_key=secrets.token_bytes(KEY_BYTES))
    _written(folder, KEYS_FILE, keys).replace(folder / KEYS_FILE)
    return True


def set_trusted(folder: Path, trusted: Mapping[str, str]) -> None:
    """Ensures that exactly these installations' bundles are taken over."""
    _written(folder, TRUSTED_FILE, dict(sorted(trusted.items()))).replace(folder / TRUSTED_FILE)


def _written(folder: Path, name: str, value: msgspec.Struct | dict[str, str]) -> Path:
    """A new file beside the place of the named one, on disk and readable by its owner only."""
    made = folder / f"{name}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return made


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
