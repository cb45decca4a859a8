"""What one installation decides for itself: folder, addresses, keys and the systems behind the bundles' slots.

Keys live in `keys.json` of the data folder, readable by its owner only; bindings in `bindings.json` beside it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from server.connect.binding import Binding
from server.store.crypto import Keyring

KEYS_FILE = "keys.json"
BINDINGS_FILE = "bindings.json"
DEFAULT_PORT = 8000

_KEY_BYTES = 32
_ROOT = Path(__file__).resolve().parent.parent
_INSTALLED_TREES = Path(__file__).resolve().parent / "_trees"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one installation; secrets never appear in its representation."""

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
        return f"Settings(demo={self.demo}, folder={self.folder}, public_address={self.public_address})"


class _Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keys.json`; bytes are base64."""

    session_secret: bytes
    person_key: bytes
    current: str
    keys: dict[str, bytes]


def read_settings(environ: Mapping[str, str], folder: Path) -> Settings | tuple[str, ...]:
    """The settings of an installation, or what is missing, in words."""
    raise NotImplementedError


def make_keys(folder: Path) -> None:
    """Ensures the folder has keys of its own, readable by its owner only; existing ones stay."""
    raise NotImplementedError
