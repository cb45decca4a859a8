"""What the linters cannot say about the shape of the code."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("server", "admin_ui")
LONGEST_FILE = 500
CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
TOPMOST_PURE_FLOOR = "server.cases"
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "manager", "managers", "handlers", "misc", "info"}
VAGUE_CLASS = re.compile(r".(Manager|Helper|Handler|Service|Utils)$")
CLOCK_READERS = {("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("date", "today")}
IMPURE_BUILTINS = {"open", "print", "input", "__import__", "breakpoint"}


@cache
def configuration() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def contract(contract_id: str) -> dict[str, Any]:
    return next(found for found in configuration()["contracts"] if found["id"] == contract_id)


def floors() -> list[list[str]]:
    return [re.findall(r"[\w.]+", floor) for floor in contract("floors")["layers"]]


def core_modules() -> list[str]:
    start = next(number for number, floor in enumerate(floors()) if TOPMOST_PURE_FLOOR in floor)
    return [module for floor in floors()[start:] for module in floor if exists(module)]


def exists(module: str) -> bool:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def python_files() -> list[Path]:
    return sorted(path for package in CODE for path in (ROOT / package).rglob("*.py"))


def core_files() -> list[Path]:
    return [path for path in python_files() if any(f"{module_of(path)}.".startswith(f"{core}.") for core in core_modules())]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def docstrings(tree: ast.Module) -> set[int]:
    """Identities of the constants that are docstrings, those of attributes and constants included."""
    bodies = [
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {
        id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    }


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string literal that is not a docstring."""
    tree = tree_of(path)
    documentation = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every name, module and file name included."""
    yield 1, module_of(path)
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def words_of_services() -> set[str]:
    """Ids of the services' folders and items, read from the documents: what no line of Python may know."""
    words: set[str] = set()
    for bundle in ROOT.glob("form_schemas/**/bundle.json"):
        words.update(json.loads(bundle.read_text(encoding="utf-8"))["id"].split("/"))
    for items in ROOT.glob("process_defs/**/items.json"):
        words.update(json.loads(items.read_text(encoding="utf-8"))["items"])
    return words


def test_no_file_of_code_is_longer_than_five_hundred_lines() -> None:
    suffixes = {".py", ".html", ".js", ".css"}
    files = [path for package in (*CODE, "tests") for path in (ROOT / package).rglob("*") if path.suffix in suffixes]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files if "vendor" not in path.parts}
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_chinese_text_stands_in_messages_templates_and_documents_only() -> None:
    places = [
        f"{place(path, line)}: {text!r}"
        for path in python_files()
        if not module_of(path).startswith("server.messages")
        for line, text in literals(path)
        if CJK.search(text)
    ]
    assert places == []


def test_no_python_names_a_service_or_one_of_its_items() -> None:
    words = words_of_services()
    assert words, "the documents of at least one service are expected beside the code"
    pattern = re.compile(rf"(?<![A-Za-z])({'|'.join(sorted(words))})(?![A-Za-z])")
    places = [
        f"{place(path, line)}: {text!r}"
        for path in python_files()
        for line, text in (*literals(path), *names(path))
        if pattern.search(text)
    ]
    assert places == []


def test_the_core_reads_no_clock_and_touches_no_console_or_file() -> None:
    places: list[str] = []
    for path in core_files():
        for node in ast.walk(tree_of(path)):
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=name) if (owner, name) in CLOCK_READERS:
                    places.append(f"{place(path, node.lineno)}: {owner}.{name}")
                case ast.Attribute(value=ast.Attribute(attr=owner), attr=name) if (owner, name) in CLOCK_READERS:
                    places.append(f"{place(path, node.lineno)}: {owner}.{name}")
                case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS:
                    places.append(f"{place(path, node.lineno)}: {name}()")
    assert places == []


def test_the_core_is_synchronous() -> None:
    places = [
        place(path, node.lineno)
        for path in core_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    assert places == []


def test_no_function_imports_our_own_packages() -> None:
    places: list[str] = []
    for path in python_files():
        for function in ast.walk(tree_of(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                places += [place(path, node.lineno) for node in ast.walk(function) if own_import(node)]
    assert places == []


def own_import(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=imported):
            return any(alias.name.split(".")[0] in CODE for alias in imported)
        case ast.ImportFrom(module=module, level=level):
            return level > 0 or (module or "").split(".")[0] in CODE
        case _:
            return False


def test_every_module_of_the_server_has_its_floor() -> None:
    known = {module for floor in floors() for module in floor}
    found = {module_of(path) for path in (ROOT / "server").glob("*.py")} | {
        module_of(path) for path in (ROOT / "server").glob("*/__init__.py")
    }
    assert found - known - {"server"} == set()


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in python_files() if "migrations" not in path.parts}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_the_contract_of_the_pure_core_names_every_core_package() -> None:
    assert set(core_modules()) - set(contract("pure-core")["source_modules"]) == set()


@pytest.mark.parametrize("package", CODE)
def test_names_say_what_a_thing_is(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    classes = [
        f"{place(path, node.lineno)}: {node.name}"
        for path in files
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    ]
    assert classes == []
    assert [str(path.relative_to(ROOT)) for path in files if path.stem in VAGUE_MODULES] == []
