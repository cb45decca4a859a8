"""What the repository promises around the code: locks without addresses, a complete wheel, documents that do not lie."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from server.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    if name.endswith(".json"):
        packages = [entry for path, entry in json.loads(text)["packages"].items() if path]
        assert packages and all(entry["integrity"].startswith("sha512-") for entry in packages)
    else:
        requirements = re.findall(r"^[a-zA-Z0-9][^\n]*==", text, re.MULTILINE)
        assert requirements
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(requirements)


def test_the_wheel_carries_both_trees_and_every_template(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uv", "build", "-q", "--wheel", "--no-build-isolation", "--out-dir", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(ROOT).as_posix() for package in ("server", "admin_ui") for path in files_of(ROOT / package)}
    trees = {
        f"server/_trees/{path.relative_to(ROOT)}" for tree in ("form_schemas", "process_defs") for path in files_of(ROOT / tree)
    }
    assert wanted - held == set()
    assert trees - held == set()
    assert not any(name.startswith("tests/") for name in held)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix and "__pycache__" not in path.parts]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_names_only_commands_and_documents_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"onething ([a-z]+)\b", text)) <= COMMANDS.keys()
    targets = re.findall(r"^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)\b", text)) <= set(targets)
    assert [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (ROOT / link).exists()] == []


def test_both_readmes_open_with_the_same_commands() -> None:
    first, second = ((ROOT / name).read_text(encoding="utf-8").split("```")[1] for name in ("README.md", "README.zh.md"))
    assert re.findall(r"^make [a-z]+", first, re.MULTILINE) == re.findall(r"^make [a-z]+", second, re.MULTILINE)


def test_every_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []
