"""An installation starts with its own keys only, and no secret leaves its settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.settings import BINDINGS_FILE, KEYS_FILE, Settings, make_keys, read_settings


def read(folder: Path, *, demo: bool = False, **environ: str) -> Settings | tuple[str, ...]:
    return read_settings(environ, folder, demo=demo)


def test_without_keys_nothing_starts_and_the_words_say_how_to_make_them(tmp_path: Path) -> None:
    missing = read(tmp_path)
    assert isinstance(missing, tuple)
    assert len(missing) == 1 and "onething init" in missing[0]


def test_made_keys_are_read_and_stay_as_they_are(tmp_path: Path) -> None:
    assert make_keys(tmp_path)
    first = read(tmp_path)
    assert not make_keys(tmp_path)
    again = read(tmp_path)
    assert isinstance(first, Settings) and isinstance(again, Settings)
    assert (first.keys, first.session_secret) == (again.keys, again.session_secret)
    assert (tmp_path / KEYS_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEYS_FILE]


def test_two_installations_share_no_key(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_keys(tmp_path / name)
    one, two = read(tmp_path / "one"), read(tmp_path / "two")
    assert isinstance(one, Settings) and isinstance(two, Settings)
    assert one.session_secret != two.session_secret and one.keys.keys != two.keys.keys


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    make_keys(tmp_path)
    (tmp_path / KEYS_FILE).chmod(0o640)
    missing = read(tmp_path)
    assert isinstance(missing, tuple) and "chmod 600" in missing[0]


def test_the_data_of_a_demonstration_are_not_served_as_an_installation(tmp_path: Path) -> None:
    make_keys(tmp_path, demo=True)
    assert isinstance(read(tmp_path, demo=True), Settings)
    missing = read(tmp_path)
    assert isinstance(missing, tuple) and "demonstration" in missing[0]


@pytest.mark.parametrize("spoil", [b"", b"{}", b"[1", b'{"demo": false, "current": "k9"}'])
def test_damaged_keys_are_refused_in_words(tmp_path: Path, spoil: bytes) -> None:
    make_keys(tmp_path)
    (tmp_path / KEYS_FILE).write_bytes(spoil)
    missing = read(tmp_path)
    assert isinstance(missing, tuple) and KEYS_FILE in missing[0]


def test_no_secret_is_shown_by_settings_or_by_what_is_missing(tmp_path: Path) -> None:
    make_keys(tmp_path)
    settings = read(tmp_path)
    assert isinstance(settings, Settings)
    keys = json.loads((tmp_path / KEYS_FILE).read_text())
    secrets = [keys["session_secret"], keys["person_key"], *keys["keys"].values()]
    shown = f"{settings!r} {settings} {[settings]}"
    assert not any(secret in shown for secret in secrets)
    assert repr(settings.session_secret) not in shown
    keys["keys"]["k1"] = keys["keys"]["k1"][:-8]
    (tmp_path / KEYS_FILE).write_text(json.dumps(keys))
    missing = read(tmp_path)
    assert isinstance(missing, tuple) and not any(secret[:12] in " ".join(missing) for secret in secrets)


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "８０", "99999999999"])
def test_a_port_that_is_none_is_named(tmp_path: Path, port: str) -> None:
    make_keys(tmp_path)
    missing = read(tmp_path, PORT=port)
    assert isinstance(missing, tuple) and "PORT" in missing[0]


def test_the_address_follows_host_and_port_unless_it_is_given(tmp_path: Path) -> None:
    make_keys(tmp_path)
    plain, given = read(tmp_path, PORT="8123"), read(tmp_path, ONETHING_ADDRESS="https://example.org/")
    assert isinstance(plain, Settings) and isinstance(given, Settings)
    assert (plain.public_address, plain.secure_cookies) == ("http://127.0.0.1:8123", False)
    assert (given.public_address, given.secure_cookies) == ("https://example.org", True)
    wrong = read(tmp_path, ONETHING_ADDRESS="example.org")
    assert isinstance(wrong, tuple) and "ONETHING_ADDRESS" in wrong[0]


def test_bindings_are_read_from_their_file_and_checked(tmp_path: Path) -> None:
    make_keys(tmp_path)
    secret = "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMgb3Igc28="
    binding = {"address": "https://example.org/api", "outgoing_secret": secret, "incoming_secret": secret}
    file = tmp_path / BINDINGS_FILE
    file.write_text(json.dumps({"means_check": binding}))
    file.chmod(0o600)
    settings = read(tmp_path)
    assert isinstance(settings, Settings) and settings.bindings["means_check"].address == "https://example.org/api"
    file.write_text(json.dumps({"means_check": {**binding, "address": "nowhere"}}))
    missing = read(tmp_path)
    assert isinstance(missing, tuple) and BINDINGS_FILE in missing[0] and secret not in missing[0]
