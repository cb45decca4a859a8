"""The page for any schema: pasted, shown as a form, filled without scripts, read back; whatever is pasted, it answers."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from hostile_town import Run, Town, Visitor

PAGE = "/patterns/schema"
SCHEMA = {
    "title": "Household",
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name", "minLength": 2},
        "pets/a.b": {"type": "array", "items": {"type": "object", "properties": {"kind": {"enum": ["cat", "dog"]}}}},
        "note": {"oneOf": [{"title": "Word", "type": "string"}, {"title": "Number", "type": "number"}]},
    },
    "required": ["name", "pets/a.b"],
    "additionalProperties": False,
}


async def opened(town: Town, schema: Any, instance: Any = None) -> Visitor:
    """Somebody who pasted a schema, and perhaps an instance to begin with."""
    visitor = town.visitor()
    await visitor.open(PAGE)
    assert visitor.status == 200
    fields = {"schema": schema if isinstance(schema, str) else json.dumps(schema)}
    fields |= {"instance": json.dumps(instance)} if instance is not None else {}
    await sent(visitor, [(name, value) for name, value in visitor.form(PAGE).filled(dict(fields))])
    return visitor


async def sent(visitor: Visitor, pairs: list[tuple[str, str]]) -> None:
    visitor._shown(await visitor.client.post(PAGE, data=_grouped(pairs)))


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def result(visitor: Visitor) -> Any:
    (text,) = re.findall(r'<pre id="result">(.*?)</pre>', visitor.html, re.DOTALL)
    return json.loads(unescape(text))


async def press(visitor: Visitor, intent: str, **answers: str) -> None:
    form = visitor.forms()[-1]
    wanted = {f"/{name}": value for name, value in answers.items()}
    await sent(visitor, [*form.filled(dict(wanted)), ("intent", intent)])
    assert visitor.status == 200


def test_an_instance_is_shown_and_read_back_as_it_was(town: Town, run: Run) -> None:
    async def there_and_back() -> None:
        instance = {"name": " Li\n", "pets/a.b": [{"kind": "dog"}, {}, {"kind": "cat", "age": 3}], "note": 1.5}
        visitor = await opened(town, SCHEMA, instance)
        await press(visitor, "next")
        assert result(visitor) == instance
        assert visitor.faults() == {}

    run(there_and_back())


def test_a_form_is_filled_from_nothing_with_rows_and_choices(town: Town, run: Run) -> None:
    async def fill() -> None:
        visitor = await opened(town, SCHEMA)
        (group,) = re.findall(r'value="add:([^"]+)"', visitor.html)
        await press(visitor, f"add:{group}", f2="L")
        await press(visitor, f"add:{group}")
        kinds = [name for name in visitor.forms()[-1].offered if "/@" in name]
        note = next(name for name, offered in visitor.forms()[-1].offered.items() if offered == ["1", "2", "json"])
        form = visitor.forms()[-1]
        await sent(visitor, [*form.filled({kinds[1]: "2", note: "2"}), ("intent", "next")])
        assert result(visitor) == {"name": "L", "pets/a.b": [{}, {"kind": "dog"}]}
        assert "太短" in visitor.faults()["#/f2"]
        number = next(name for name, _ in visitor.forms()[-1].values if re.fullmatch(r"/f\d+", name) and name > note)
        await press(visitor, "next", **{number.removeprefix("/"): "0.5", "f2": "Li"})
        assert result(visitor) == {"name": "Li", "pets/a.b": [{}, {"kind": "dog"}], "note": 0.5}

    run(fill())


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("", "不是合法的 JSON"),
        ("{", "不是合法的 JSON"),
        ("[" * 50_000, "不是合法的 JSON"),
        ('{"const": "\\ud800"}', "无法精确保存"),
        ("3", "不是合法的 JSON Schema"),
        ('{"type": "text"}', "不是合法的 JSON Schema"),
        ('{"$ref": "http://127.0.0.1:9/x"}', "没有指向"),
        ('{"$ref": "file:///etc/passwd"}', "没有指向"),
        ('{"pattern": "("}', "不是合法的 JSON Schema"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_schema_is_told(town: Town, run: Run, schema: str, words: str) -> None:
    async def paste() -> None:
        visitor = await opened(town, schema)
        assert visitor.status == 200
        assert words in visitor.html
        assert "root:" not in visitor.html

    run(paste())


def test_markup_in_a_schema_is_text(town: Town, run: Run) -> None:
    async def paste() -> None:
        evil = "</textarea><script>alert(1)</script>"
        schema = {"title": evil, "properties": {evil: {"description": evil, "enum": [evil]}, "b": {"const": evil}}}
        visitor = await opened(town, schema, {evil: evil})
        assert "<script>alert" not in visitor.html
        await press(visitor, "next")
        assert result(visitor) == {evil: evil}

    run(paste())


def test_made_up_names_and_rows_change_nothing(town: Town, run: Run) -> None:
    async def post() -> None:
        visitor = await opened(town, SCHEMA)
        form = visitor.forms()[-1]
        made_up = [
            ("/f99", "x"),
            ("/f3/~rows", "../x"),
            ("/f3/~rows", "a" * 99),
            ("/f3/@z/f4", "1"),
            ("//", ""),
            ("/__proto__/x", "1"),
        ]
        await sent(visitor, [*form.filled({"/f2": "Li"}), *made_up, ("intent", "next")])
        assert visitor.status == 200
        assert result(visitor) == {"name": "Li", "pets/a.b": []}

    run(post())
