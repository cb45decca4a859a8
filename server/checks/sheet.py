"""The printed form: every cell stands for something, grids are filled, and every field has a place."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place, nearest, repeated
from server.checks.subject import Subject
from server.definitions.service import Service
from server.definitions.sheet import AnyBlock, Box, Cell, Grid, Sheet, Table, Text
from server.definitions.sheet_grid import placed_cells
from server.findings import Finding
from server.forms.compile import CompiledForm

#: Places for the rows of a group beyond which a sheet is no sheet any more.
_MOST_PLACES = 60

#: A field that a sheet names, the group that it must be of, and where it is named.
_Named = tuple[str, str, Place]


def check_sheet(subject: Subject, service: Service) -> Iterator[Finding]:
    """The sheet of a service, where it has one of its own."""
    sheet, document = service.sheet, subject.document("sheet")
    if sheet is None:
        return
    for index in repeated(block.id for block in sheet.blocks):
        yield document.under("blocks", index, "id").error("sheet-block-twice", id=sheet.blocks[index].id)
    for index, block in enumerate(sheet.blocks):
        yield from _shape(block, service, document.under("blocks", index))
    if subject.form is not None:
        yield from _fields(sheet, subject.form, document)
    results = {code for item in service.items.items.values() for code in item.outcomes}
    for code in sheet.letter.appeals if sheet.letter is not None else ():
        if code not in results:
            here = document.under("letter", "appeals", code)
            yield here.error("sheet-unknown-result", result=code, suggestion=nearest(code, results))


def _shape(block: AnyBlock, service: Service, here: Place) -> Iterator[Finding]:
    """What can be wrong with a block besides its fields."""
    match block:
        case Grid():
            yield from _grid(block, here)
        case Table() if not block.columns or min(column.width for column in block.columns) < 1:
            yield here.under("columns").error("sheet-table-width")
        case Text() if (block.text is None) == (block.consent is None):
            yield here.error("sheet-text-or-consent")
        case Text() if block.consent is not None and block.consent not in service.consents:
            suggestion = nearest(block.consent, service.consents)
            yield here.under("consent").error("sheet-unknown-consent", text=block.consent, suggestion=suggestion)
        case Box() if block.lines > _MOST_PLACES:
            yield here.under("lines").error("sheet-too-many-places", limit=_MOST_PLACES)
    if isinstance(block, Grid | Table) and not 0 <= block.places <= _MOST_PLACES:
        yield here.under("places").error("sheet-too-many-places", limit=_MOST_PLACES)


def _grid(grid: Grid, here: Place) -> Iterator[Finding]:
    placed = placed_cells(grid)
    if not isinstance(placed, tuple):
        place = here.under("cells", placed.index) if grid.cells else here.under("cells")
        if placed.needed:
            yield place.error("sheet-cell-does-not-fit", free=placed.free, needed=placed.needed)
        else:
            yield place.error("sheet-line-not-filled", free=placed.free)
    for index, cell in enumerate(grid.cells):
        if _says_nothing(cell):
            yield here.under("cells", index).error("sheet-empty-cell")


def _says_nothing(cell: Cell) -> bool:
    """Whether a cell has a heading without words, or room for the answer to no field."""
    return (cell.field is None and (not cell.label or cell.span > 0)) or (cell.field is not None and cell.span == 0)


def _fields(sheet: Sheet, form: CompiledForm, document: Place) -> Iterator[Finding]:
    named = [entry for index, block in enumerate(sheet.blocks) for entry in _named(block, document.under("blocks", index))]
    for field_id, group, place in named:
        field = form.fields.get(field_id)
        if field is None:
            yield place.error("sheet-unknown-field", field=field_id, suggestion=nearest(field_id, form.fields))
        elif field.group != group or field.kind == "rows":
            yield place.error("sheet-field-of-other-group", field=field_id, group=group)
    for index, block in enumerate(sheet.blocks):
        rows_of = block.group if isinstance(block, Grid | Table) else None
        if rows_of is not None and rows_of not in form.groups:
            here = document.under("blocks", index, "group")
            yield here.error("sheet-unknown-field", field=rows_of, suggestion=nearest(rows_of, form.groups))
    printed = {field_id for field_id, _, _ in named}
    for field_id, field in form.fields.items():
        if field_id not in printed and field.kind != "rows":
            yield document.under("blocks").warning("sheet-field-missing", field=field_id, label=field.label)


def _named(block: AnyBlock, here: Place) -> Iterator[_Named]:
    match block:
        case Grid():
            for index, cell in enumerate(block.cells):
                place = here.under("cells", index)
                yield from ((cell.field, block.group or "", place.under("field")),) if cell.field else ()
                yield from ((field, block.group or "", place.under("also", at)) for at, field in enumerate(cell.also))
        case Table():
            for index, column in enumerate(block.columns):
                place = here.under("columns", index)
                yield column.field, block.group, place.under("field")
                yield from ((field, block.group, place.under("also", at)) for at, field in enumerate(column.also))
        case Text() if block.field is not None:
            yield block.field, "", here.under("field")
