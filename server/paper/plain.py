"""A sheet for a service that has none: its layout, two fields to a line, each group as a grid for every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.definitions.sheet import AnyBlock, Cell, Grid, Sheet, Text
from server.forms.compile import CompiledForm, Page
from server.forms.kinds.kind import FormField

_COLUMNS = 12
_LABEL, _ANSWER = 2, 4
#: Kinds whose answers take a whole line.
_WIDE = ("long_text", "address", "choices", "items", "attachment")
#: Kinds of which all options are printed.
_BOXES = ("yes_no", "items")
#: Options beyond which a choice is printed as text.
_MOST_BOXES = 8
#: Places for the rows of a group.
_PLACES = 2


def plain_sheet(form: CompiledForm) -> Sheet:
    """The sheet, page by page."""
    return Sheet(blocks=tuple(block for page in form.pages for block in _blocks(form, page)))


def _blocks(form: CompiledForm, page: Page) -> Iterator[AnyBlock]:
    single = [form.fields[name] for name in page.fields if not form.fields[name].group]
    boxed = [field for field in single if field.kind not in ("rows", "consent")]
    if boxed:
        yield Grid(id=page.id, title=page.label, columns=_COLUMNS, cells=_filled(boxed))
    for field in single:
        if field.kind == "rows":
            members = [form.fields[name] for name in form.groups[field.id]]
            if members:
                cells = _filled(members)
                yield Grid(id=field.element, title=field.label, columns=_COLUMNS, cells=cells, group=field.id, places=_PLACES)
        elif field.kind == "consent":
            yield Text(id=field.element, title=field.label, consent=str(field.settings.get("text", "")), field=field.id)


def _filled(fields: Sequence[FormField]) -> tuple[Cell, ...]:
    """Cells that fill every line: a field alone on its line is as wide as the line."""
    cells: list[Cell] = []
    free = _COLUMNS
    for index, field in enumerate(fields):
        following = fields[index + 1] if index + 1 < len(fields) else None
        alone = free == _COLUMNS and (following is None or _is_wide(following))
        width = _COLUMNS if _is_wide(field) or alone else _LABEL + _ANSWER
        free = (free - width) % _COLUMNS or _COLUMNS
        cells.append(Cell(field=field.id, label_span=_LABEL, span=width - _LABEL, show="boxes" if _is_boxed(field) else "text"))
    return tuple(cells)


def _is_wide(field: FormField) -> bool:
    return field.kind in _WIDE or (field.kind == "choice" and _is_boxed(field))


def _is_boxed(field: FormField) -> bool:
    few = field.kind in ("choice", "choices") and len(field.offered) <= _MOST_BOXES
    return field.kind in _BOXES or few
