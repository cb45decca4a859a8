"""Nothing about a person can be read in the files of the store."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from stored_values import (
    ID_NUMBER,
    KEYS,
    NAME,
    NOW,
    account,
    application,
    case,
    draft,
    event,
    message,
    request,
    run,
    task,
)

from server.cases.outcome import Outcome
from server.errors import DamagedData
from server.store import CodeRow, FileRow, Keyring, SessionRow, Store
from server.store.crypto import Cipher

replace = msgspec.structs.replace

PHONE, STREET, FILE_NAME = "13912345678", "12 Secret Lane", "certificate of Zhao.pdf"
PASSWORD_HASH = "$argon2id$v=19$m=65536"
CONTENT = f"%PDF-1.7 {NAME} {ID_NUMBER} ".encode() * 50
SECRETS = (NAME, ID_NUMBER, PHONE, STREET, FILE_NAME, "lives with", PASSWORD_HASH, "official-login")


async def fill(store: Store) -> None:
    """Puts something about a person into every place that takes it."""
    person = account(login=PHONE, name=NAME)
    official = account(2, kind="official", login="official-login", password_hash=PASSWORD_HASH)
    file = FileRow(
        id="file-1",
        owner_id="draft-1",
        account_id="account-1",
        name=FILE_NAME,
        media_type="application/pdf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        created_at=NOW,
    )
    assert await store.add_account(person) and await store.add_account(official)
    await store.add_session(SessionRow(token_hash="t", account_id="account-1", created_at=NOW, seen_at=NOW, expires_at=NOW))
    await store.put_code(CodeRow(phone=PHONE, code_hash="h", expires_at=NOW))
    await store.add_text(PHONE, f"{NAME}: your code", "text-1")
    await store.add_draft(draft())
    await store.add_file(file, CONTENT)
    applied = application(instance={"name": NAME, "phone": PHONE, "street": STREET, "id": ID_NUMBER})
    outcome = Outcome(
        application=applied,
        cases=(case(reason=f"because {NAME} lives at {STREET}"),),
        tasks=(task(),),
        requests=(request(),),
        messages=(message(),),
        events=(event(), event("application-1")),
    )
    assert await store.save(outcome) is None


def test_no_file_of_the_store_holds_anything_about_a_person_in_clear(folder: Path) -> None:
    run(folder, fill)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    written = b"".join(path.read_bytes() for path in paths)
    assert b"application-1" in written and len(paths) >= 2
    sha256 = hashlib.sha256(CONTENT)
    for secret in SECRETS:
        for form in (secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode()).rstrip(b"=")[:-1]):
            assert form not in written, secret
    assert sha256.digest() not in written and sha256.hexdigest().encode() not in written
    assert hashlib.sha256(ID_NUMBER.encode()).hexdigest().encode() not in written
    assert not any(sha256.hexdigest()[2:] in path.name for path in paths)


def test_the_keys_are_not_in_the_folder_nor_in_what_is_printed(folder: Path) -> None:
    run(folder, fill)
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for key in (KEYS.keys["k1"], KEYS.person_key):
        assert key not in written and key.hex().encode() not in written
        assert repr(key) not in repr(KEYS) and key.decode() not in repr(KEYS)


def test_a_person_is_found_however_the_number_is_written_and_only_with_the_key() -> None:
    other = replace(KEYS, person_key=b"q" * 32)
    assert KEYS.person_hash("99010219620415003x") == KEYS.person_hash(f" {ID_NUMBER} ")
    assert KEYS.person_hash(ID_NUMBER) != other.person_hash(ID_NUMBER)
    assert KEYS.person_hash(ID_NUMBER) != KEYS.person_hash("990102196204150039")
    assert ID_NUMBER not in KEYS.person_hash(ID_NUMBER)


def test_equal_values_are_stored_differently() -> None:
    cipher = Cipher(KEYS)
    assert cipher.seal(b"same", "row") != cipher.seal(b"same", "row")


IDENTITIES = st.text(st.characters(codec="utf-8"), max_size=10)


@given(plain=st.binary(max_size=200), identity=IDENTITIES, name=st.sampled_from(["k1", "2026"]))
def test_a_sealed_value_opens_with_its_key_for_its_row(plain: bytes, identity: str, name: str) -> None:
    cipher = Cipher(Keyring(current=name, keys={**KEYS.keys, name: b"3" * 32}, person_key=KEYS.person_key))
    assert cipher.open(cipher.seal(plain, identity), identity) == plain


@given(data=st.data(), plain=st.binary(max_size=60))
def test_a_sealed_value_that_was_changed_anywhere_does_not_open(data: st.DataObject, plain: bytes) -> None:
    cipher = Cipher(KEYS)
    sealed = cipher.seal(plain, "row")
    place = data.draw(st.integers(0, len(sealed) - 1))
    flipped = sealed[place] ^ data.draw(st.integers(1, 255))
    for changed in (sealed[:place] + bytes([flipped]) + sealed[place + 1 :], sealed[:place], sealed + b"\0"):
        try:
            opened = cipher.open(changed, "row")
        except DamagedData as fault:
            assert plain not in str(fault).encode() or len(plain) < 8
        else:
            raise AssertionError(f"opened as {opened!r}")


@given(identity=IDENTITIES, other=IDENTITIES)
def test_a_sealed_value_opens_for_no_other_row(identity: str, other: str) -> None:
    cipher = Cipher(KEYS)
    sealed = cipher.seal(b"value", identity)
    if identity == other:
        assert cipher.open(sealed, other) == b"value"
        return
    try:
        cipher.open(sealed, other)
    except DamagedData:
        return
    raise AssertionError("opened for another row")


def test_damage_says_where_and_never_what(folder: Path) -> None:
    async def act(store: Store) -> None:
        await fill(store)
        with sqlite3.connect(folder / "onething.sqlite3") as connection:
            connection.execute("UPDATE drafts SET sealed = zeroblob(40)")
            connection.execute("UPDATE cases SET sealed = 'text'")
        for reading in (store.draft("draft-1"), store.case("case-1")):
            try:
                await reading
            except DamagedData as fault:
                assert "draft" in str(fault) or "case" in str(fault)
                assert not any(secret in str(fault) for secret in SECRETS)
            else:
                raise AssertionError("damage went unnoticed")

    run(folder, act)
