"""Moving configuration between installations: twice, signed, with conflicts, and damaged on the way."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.any_service import REGION, SERVICE, service
from tests.cli.test_commands import answer_of, onething

NOTE = f"process_defs/{SERVICE}/notices/told.json"
AGENCIES = f"process_defs/{SERVICE}/agencies.json"
CONNECTOR = f"process_defs/{SERVICE}/connectors/register.json"


def documents(**changes: Any) -> dict[str, Any]:
    message = {"type": "object", "properties": {}}
    operations = {"ask": {"title": "Ask", "path": "/ask", "request": message, "reply": message}}
    connector = {"title": "Register", "operations": operations}
    return {**service({}), CONNECTOR: connector, **changes}


def write(folder: Path, found: dict[str, Any]) -> Path:
    for path, value in found.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder


def agencies(title: str) -> Any:
    return {"agencies": {"office": {"title": title, "levels": {"province": "Office"}}}}


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def installation(folder: Path) -> Path:
    assert onething("init", data=folder).returncode == 0
    return folder


def exported(data: Path, to: Path, *arguments: str) -> Path:
    result = onething("export", SERVICE, "--to", to, *arguments, data=data)
    assert result.returncode == 0, result.stderr
    return to


def imported(data: Path, bundle: Path, *arguments: str) -> Any:
    result = onething("import", bundle, "--json", *arguments, data=data)
    assert result.returncode == 0, result.stderr + result.stdout
    return answer_of(result)[0]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An installation with the service published."""
    data = installation(tmp_path / "source")
    assert onething("publish", write(tmp_path / "trees", documents()), data=data).returncode == 0
    return data


@pytest.fixture
def target(tmp_path: Path, source: Path) -> Path:
    """An empty installation that trusts the source."""
    data = installation(tmp_path / "target")
    key = answer_of(onething("trust", "--json", data=source))["own"]
    assert onething("trust", key, "--name", "source", data=data).returncode == 0
    return data


@pytest.mark.parametrize("form", ["folder", "bundle.zip"])
def test_a_second_import_changes_nothing_and_exports_are_identical(source: Path, target: Path, tmp_path: Path, form: str) -> None:
    bundle = exported(source, tmp_path / "out" / form)
    first = imported(target, bundle)
    assert first["changes"] == len(first["added"]) > 0
    assert first["release"].startswith("sha256:")
    second = imported(target, bundle)
    assert (second["changes"], second["conflicts"], second["release"]) == (0, [], "")
    one, two = exported(target, tmp_path / "one" / form), exported(target, tmp_path / "two" / form)
    assert (one.read_bytes() == two.read_bytes()) if one.is_file() else files_of(one) == files_of(two)
    assert imported(target, one)["changes"] == 0
    # Another installation signs the same manifest.
    again = exported(target, tmp_path / "again")
    ours = exported(source, tmp_path / "ours")
    assert {path for path, content in files_of(again).items() if files_of(ours)[path] != content} == {"signature.json"}


def test_a_bundle_names_the_slots_to_bind_and_the_import_says_which_are(source: Path, target: Path, tmp_path: Path) -> None:
    bundle = exported(source, tmp_path / "bundle")
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["slots"] == {"register": {"title": "Register", "operations": ["ask"]}}
    (slot,) = imported(target, bundle, "--dry-run")["slots"]
    assert (slot["slot"], slot["bound"]) == ("register", False)
    binding = {"address": "https://register.example.org", "outgoing_secret": "QUFB" * 8, "incoming_secret": "QUFB" * 8}
    (target / "bindings.json").write_text(json.dumps({"register": binding}))
    (target / "bindings.json").chmod(0o600)
    assert imported(target, bundle, "--dry-run")["slots"][0]["bound"]


def test_what_nobody_trusted_signed_is_taken_over_only_when_somebody_says_so(source: Path, tmp_path: Path) -> None:
    stranger = installation(tmp_path / "stranger")
    bundle = exported(source, tmp_path / "bundle")
    refused = onething("import", bundle, data=stranger)
    assert refused.returncode == 1
    assert "unknown key ed25519:" in refused.stderr
    assert imported(stranger, bundle, "--dry-run")["signature"]["standing"] == "unknown"
    (bundle / "signature.json").unlink()
    assert "not signed" in onething("import", bundle, data=stranger).stderr
    assert imported(stranger, bundle, "--unsigned")["changes"] > 0


def test_trust_can_be_taken_back(source: Path, target: Path, tmp_path: Path) -> None:
    bundle = exported(source, tmp_path / "bundle")
    key = answer_of(onething("trust", "--json", data=source))["own"]
    assert answer_of(onething("trust", "--json", data=target))["trusted"] == {key: "source"}
    assert onething("trust", key, "--remove", data=target).returncode == 0
    assert onething("import", bundle, data=target).returncode == 1
    assert onething("trust", "ed25519:AAAA", data=target).returncode == 2


def test_an_older_installation_gets_a_signing_key_and_keeps_the_others(tmp_path: Path) -> None:
    data = installation(tmp_path / "data")
    keys = json.loads((data / "keys.json").read_text())
    old = {name: value for name, value in keys.items() if name != "signing_key"}
    (data / "keys.json").write_text(json.dumps(old))
    assert answer_of(onething("trust", "--json", data=data))["own"] == ""
    installation(data)
    new = json.loads((data / "keys.json").read_text())
    assert {name: value for name, value in new.items() if name != "signing_key"} == old
    assert answer_of(onething("trust", "--json", data=data))["own"].startswith("ed25519:")
    assert (data / "keys.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "manifest", "signature", "signed by another"])
def test_a_damaged_bundle_is_refused_whoever_asks(source: Path, target: Path, tmp_path: Path, damage: str) -> None:
    bundle = exported(source, tmp_path / "bundle")
    match damage:
        case "changed":
            (bundle / AGENCIES).write_text(json.dumps(agencies("Somebody else")))
        case "missing":
            (bundle / CONNECTOR).unlink()
        case "added":
            write(bundle, {NOTE: {"title": "Told"}})
        case "manifest":
            text = (bundle / "manifest.json").read_text(encoding="utf-8")
            (bundle / "manifest.json").write_text(text.replace('"Register"', '"Registry"'), encoding="utf-8")
        case "signature":
            signature = json.loads((bundle / "signature.json").read_text())
            (bundle / "signature.json").write_text(json.dumps({**signature, "signature": "AAAA"}))
        case "signed by another":
            other = json.loads((exported(source, tmp_path / "other") / "signature.json").read_text())
            own = answer_of(onething("trust", "--json", data=target))["own"]
            (bundle / "signature.json").write_text(json.dumps({**other, "key": own}))
    result = onething("import", bundle, "--unsigned", "--json", data=target)
    assert result.returncode == 1
    assert {finding["code"].split("-")[0] for finding in answer_of(result)} == {"bundle"}
    assert onething("export", SERVICE, "--to", tmp_path / "nothing", data=target).returncode != 0


def test_what_was_changed_here_is_a_conflict_with_a_choice(source: Path, target: Path, tmp_path: Path) -> None:
    imported(target, exported(source, tmp_path / "first"))
    own = write(tmp_path / "own", documents(**{AGENCIES: agencies("Ours")}))
    changed_by_the_target(target, own)
    assert (
        onething("publish", write(tmp_path / "newer", documents(**{AGENCIES: agencies("Theirs")})), data=source).returncode == 0
    )
    bundle = exported(source, tmp_path / "second")
    plan = imported(target, bundle, "--dry-run")
    assert (plan["conflicts"], plan["changes"]) == ([AGENCIES], 1)
    undecided = onething("import", bundle, data=target)
    assert undecided.returncode == 1
    assert AGENCIES in undecided.stderr
    assert title_at(target, tmp_path / "a") == "Ours"
    kept = imported(target, bundle, "--choose", f"{AGENCIES}=keep")
    assert (kept["kept"], kept["changes"]) == ([AGENCIES], 0)
    assert title_at(target, tmp_path / "b") == "Ours"
    again = imported(target, bundle)
    assert (again["changes"], again["conflicts"]) == (0, [])
    assert (
        onething("publish", write(tmp_path / "newest", documents(**{AGENCIES: agencies("Theirs now")})), data=source).returncode
        == 0
    )
    replaced = imported(target, exported(source, tmp_path / "third"), "--all", "replace")
    assert replaced["changed"] == [AGENCIES]
    assert title_at(target, tmp_path / "c") == "Theirs now"


def test_choices_for_what_is_no_conflict_are_refused(source: Path, target: Path, tmp_path: Path) -> None:
    bundle = exported(source, tmp_path / "bundle")
    assert onething("import", bundle, "--choose", f"{AGENCIES}=replace", data=target).returncode == 1
    assert onething("import", bundle, "--choose", f"{AGENCIES}=perhaps", data=target).returncode == 2
    assert onething("export", SERVICE, "--to", tmp_path / "nothing", data=target).returncode != 0


def test_what_the_source_removed_is_removed_and_what_is_only_here_is_asked_about(
    source: Path, target: Path, tmp_path: Path
) -> None:
    imported(target, exported(source, tmp_path / "first"))
    changed_by_the_target(
        target, write(tmp_path / "own", documents(**{CONNECTOR.replace("register", "own"): documents()[CONNECTOR]}))
    )
    assert onething("publish", write(tmp_path / "newer", service({})), data=source).returncode == 0
    plan = imported(target, exported(source, tmp_path / "second"), "--dry-run")
    assert plan["removed"] == sorted([CONNECTOR, CONNECTOR.replace("register", "own")])
    assert plan["conflicts"] == [CONNECTOR.replace("register", "own")]


def test_a_folder_that_an_export_filled_is_filled_anew_and_any_other_is_left_alone(source: Path, tmp_path: Path) -> None:
    folder = exported(source, tmp_path / "folder")
    assert onething("publish", write(tmp_path / "newer", service({})), data=source).returncode == 0
    exported(source, folder)
    assert not (folder / CONNECTOR).exists()
    (folder / "form_schemas" / "notes.txt").write_text("mine")
    refused = onething("export", SERVICE, "--to", folder, data=source)
    assert refused.returncode == 1
    assert "notes.txt" in refused.stderr


OVERLAY = f"process_defs/{SERVICE}/overlays/110100/agencies.json"


def layered() -> dict[str, Any]:
    """The service with a city that calls its office something else."""
    names = f"form_schemas/library/regions/{REGION}.json"
    found = documents()
    found[names] = {**found[names], "regions": {**found[names]["regions"], "110100": "City"}}
    return {**found, OVERLAY: {"agencies": {"office": {"title": "City office"}}}}


@pytest.fixture
def layers(tmp_path: Path, source: Path) -> Path:
    """The source with a city's layer."""
    assert onething("publish", write(tmp_path / "layers", layered()), data=source).returncode == 0
    return source


def test_all_layers_travel_together_and_one_alone(layers: Path, target: Path, tmp_path: Path) -> None:
    whole, base, city = tmp_path / "whole", tmp_path / "base.zip", tmp_path / "city.zip"
    assert OVERLAY in files_of(exported(layers, whole))
    exported(layers, base, "--layer", "base")
    exported(layers, city, "--layer", "overlay", "--region", "110100")
    assert onething("import", city, data=target).returncode == 1
    assert set(imported(target, base)["releases"]) == {REGION}
    report = imported(target, city)
    assert (report["added"], set(report["releases"])) == ([OVERLAY], {"110100"})
    assert imported(target, whole)["changes"] == 0
    assert files_of(exported(target, tmp_path / "back"))[OVERLAY] == files_of(whole)[OVERLAY]


def test_an_import_of_the_base_leaves_the_layers_here_alone(layers: Path, target: Path, tmp_path: Path) -> None:
    imported(target, exported(layers, tmp_path / "whole"))
    report = imported(target, exported(layers, tmp_path / "base", "--layer", "base"))
    assert (report["changes"], report["conflicts"]) == (0, [])
    assert OVERLAY in files_of(exported(target, tmp_path / "after"))


def test_resolved_documents_become_the_layer_that_makes_them(layers: Path, target: Path, tmp_path: Path) -> None:
    imported(target, exported(layers, tmp_path / "base", "--layer", "base"))
    resolved = exported(layers, tmp_path / "resolved.zip", "--layer", "resolved", "--region", "110100")
    assert imported(target, resolved)["added"] == [OVERLAY]
    assert imported(target, resolved)["changes"] == 0
    assert files_of(exported(target, tmp_path / "back"))[OVERLAY] == files_of(exported(layers, tmp_path / "ours"))[OVERLAY]


def test_a_region_without_a_layer_has_none_to_export(source: Path, tmp_path: Path) -> None:
    result = onething("export", SERVICE, "--to", tmp_path / "a", "--layer", "overlay", "--region", "110100", data=source)
    assert result.returncode == 1
    assert onething("export", SERVICE, "--to", tmp_path / "a", "--layer", "overlay", data=source).returncode == 2


def test_a_form_converted_can_be_published(tmp_path: Path, source: Path) -> None:
    schema = tmp_path / "schema.json"
    fields = {"pets": {"type": "number"}, "odd": {"not": {}}}
    schema.write_text(json.dumps({"type": "object", "title": "Pets", "properties": fields}))
    result = onething("convert", schema, "--to", tmp_path / "new", "--service", "any/pets", "--lang", "en", "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    answer = answer_of(result)
    assert answer["report"]["counts"]["approximated"] > 0
    assert all(note["message"] for note in answer["report"]["notes"])
    assert onething("check", tmp_path / "new").returncode == 0
    assert onething("publish", tmp_path / "new", data=source).returncode == 0
    assert onething("convert", tmp_path / "nothing.json", "--to", tmp_path / "new").returncode == 2


def test_a_release_is_written_for_other_software_with_a_report(source: Path, tmp_path: Path) -> None:
    targets = ("draft-07", "strip-x", "inline-codelists", "openapi", "dmn", "field-table")
    arguments = [part for name in targets for part in ("--target", name)]
    result = onething("export", SERVICE, "--to", tmp_path / "other.zip", *arguments, "--json", data=source)
    assert result.returncode == 0, result.stdout + result.stderr
    names = zipfile.ZipFile(tmp_path / "other.zip").namelist()
    assert {f"{name}/fidelity.json" for name in targets} <= set(names)
    assert {"openapi/openapi.json", "field-table/fields.xlsx"} <= set(names)


def test_a_hostile_archive_is_findings_not_files(target: Path, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("../outside.json", "{}")
        opened.writestr("/absolute.json", "{}")
    result = onething("import", archive, "--unsigned", "--json", data=target)
    assert result.returncode == 1
    assert [finding["code"] for finding in answer_of(result)] == ["archive-path", "archive-path"]
    assert not (tmp_path / "outside.json").exists()


def changed_by_the_target(data: Path, trees: Path) -> None:
    """Puts documents in force as an administrator would: the installation does not know them from any import."""
    with sqlite3.connect(data / "onething.sqlite3") as database:
        rows = database.execute("SELECT name, value FROM flags WHERE name LIKE 'imports %'").fetchall()
    assert onething("publish", trees, data=data).returncode == 0
    with sqlite3.connect(data / "onething.sqlite3") as database:
        database.executemany("REPLACE INTO flags (name, value) VALUES (?, ?)", rows)


def title_at(data: Path, to: Path) -> str:
    found = json.loads((exported(data, to) / AGENCIES).read_text(encoding="utf-8"))
    return str(found["agencies"]["office"]["title"])
