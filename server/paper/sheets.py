"""The application form on paper: the sheet of a service with answers or without, and what has no place on it as annex pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from server.definitions.sheet import AnyBlock, Box, Cell, Grid, Sheet, Table, Text
from server.definitions.sheet_grid import placed_cells
from server.errors import ImpossibleState
from server.messages import paper as words
from server.paper.answers import Answers, box
from server.paper.content import (
    NewPage,
    Pair,
    Paper,
    Part,
    PrintedBox,
    PrintedCell,
    PrintedFacts,
    PrintedGrid,
    PrintedTable,
    PrintedText,
    Words,
)
from server.paper.plain import plain_sheet
from server.paper.prose import paragraphs, title_and_text
from server.releases import Release

#: Rows of one group on annex pages; more are told by their number.
MOST_ROWS = 200

WORDS = Words(page=words.PAGE, date=words.DATE_LINE)


def sheet_of(release: Release) -> Sheet:
    """The sheet of a service, made from its layout where it has none of its own."""
    return release.service.sheet or plain_sheet(release.form)


def sheet_paper(
    release: Release, answers: Answers, *, number: str = "", note: str = "", pictures: Mapping[str, bytes] | None = None
) -> Paper:
    """The sheet with the answers on it, empty where there is none; `pictures` are JPEGs by field."""
    sheet, setter = sheet_of(release), _Setter(release, answers, pictures or {})
    bundle = release.service.bundle
    return Paper(
        title=sheet.title or bundle.full_title or bundle.title,
        issuer=note,
        number=words.NUMBER.format(number=number) if number else "",
        landscape=sheet.paper == "landscape",
        look="form",
        parts=tuple(setter.parts(sheet)),
        words=WORDS,
    )


class _Setter:
    """Turns the blocks of a sheet into parts."""

    def __init__(self, release: Release, answers: Answers, pictures: Mapping[str, bytes]) -> None:
        self._release = release
        self._answers = answers
        self._pictures = pictures

    def parts(self, sheet: Sheet) -> Iterator[Part]:
        for block in sheet.blocks:
            yield from self._block(block)
        if sheet.note:
            yield PrintedText(title="", paragraphs=paragraphs(sheet.note))
        for block in sheet.blocks:
            if isinstance(block, Grid | Table) and block.group:
                yield from self._annex(block, block.group)
        yield from self._further(fields_of(sheet))

    def _block(self, block: AnyBlock) -> Iterator[Part]:
        match block:
            case Grid(group=None):
                yield self._grid(block, "", block.title or "")
            case Grid() | Table():
                assert block.group is not None
                rows = self._answers.rows(block.group)[: block.places]
                yield from self._rows(block, [*rows, *[""] * (block.places - len(rows))], first=1)
            case Text():
                yield self._text(block)
            case Box():
                signatures = tuple((one.label, one.dated) for one in block.signatures)
                yield PrintedBox(title=block.title or "", text=block.text or "", lines=block.lines, signatures=signatures)

    def _annex(self, block: Grid | Table, group: str) -> Iterator[Part]:
        """The rows of a group that have no place on the sheet."""
        further = self._answers.rows(group)[block.places :]
        if further:
            yield NewPage(title=words.ANNEX.format(title=block.title or self._answers.label(group)))
            yield from self._rows(block, further[:MOST_ROWS], first=block.places + 1)
        if len(further) > MOST_ROWS:
            yield PrintedText(title="", paragraphs=(words.NOT_PRINTED.format(count=len(further) - MOST_ROWS),))

    def _rows(self, block: Grid | Table, rows: Sequence[str], *, first: int) -> Iterator[Part]:
        """Rows by their pointers, an empty pointer standing for an empty row."""
        if isinstance(block, Table):
            yield PrintedTable(
                title=block.title or "",
                widths=tuple(column.width for column in block.columns),
                heads=tuple(column.label or self._answers.label(column.field) for column in block.columns),
                lines=tuple(tuple(self._texts(row, (c.field, *c.also), known=row != "") for c in block.columns) for row in rows),
            )
            return
        title = block.title or ""
        for number, row in enumerate(rows, first):
            numbered = words.ROW.format(title=title, number=number) if title and number > 1 else title
            yield self._grid(block, row, numbered, known=row != "")

    def _grid(self, grid: Grid, row: str, title: str, *, known: bool = True) -> PrintedGrid:
        placed = placed_cells(grid)
        if not isinstance(placed, tuple):
            raise ImpossibleState(f"the cells of {grid.id} do not fill its lines")
        cells = [one for place in placed for one in self._cells(place.cell, place.column, place.line, row, known)]
        lines = max(cell.y + cell.height for cell in cells)
        return PrintedGrid(title=title, columns=grid.columns, lines=lines, cells=tuple(cells))

    def _cells(self, cell: Cell, column: int, line: int, row: str, known: bool) -> Iterator[PrintedCell]:
        label = cell.label or (self._answers.label(cell.field) if cell.field else "")
        if cell.label_span:
            yield PrintedCell(x=column, y=line, width=cell.label_span, height=cell.rows, text=label, look="label")
        if cell.span and cell.field:
            yield self._answer(cell, cell.field, label, column + cell.label_span, line, row, known)

    def _answer(self, cell: Cell, field: str, label: str, column: int, line: int, row: str, known: bool) -> PrintedCell:
        text = self._texts(row, (field, *cell.also), known=known)
        picture = b""
        match cell.show:
            case "boxes":
                text = self._answers.boxes(field, row)
            case "picture":
                picture, text = self._pictures.get(field, b""), label
        return PrintedCell(
            x=column,
            y=line,
            width=cell.span,
            height=cell.rows,
            text=text,
            look="picture" if cell.show == "picture" else "answer",
            picture=tuple(picture),
        )

    def _texts(self, row: str, fields: Sequence[str], *, known: bool) -> str:
        texts = [self._answers.text(field, row) for field in fields] if known else []
        return words.BETWEEN_ANSWERS.join(text for text in texts if text)

    def _text(self, block: Text) -> PrintedText:
        title, text = "", block.text or ""
        if block.consent is not None:
            title, text = title_and_text(self._release.service.consents.get(block.consent, ""))
        mark = ""
        if block.field is not None:
            mark = box(words.AGREE, ticked=self._answers.is_given(block.field))
        return PrintedText(title=block.title or title, paragraphs=paragraphs(text), mark=mark)

    def _further(self, printed: frozenset[str]) -> Iterator[Part]:
        """Answers to fields that the sheet does not know, such as those a region has added."""
        pairs = [Pair(label=label, text=text) for field, label, text in self._answers.all() if field not in printed]
        if pairs:
            yield NewPage(title=words.FURTHER)
            yield PrintedFacts(title="", pairs=tuple(pairs))


def fields_of(sheet: Sheet) -> frozenset[str]:
    """Every field that has a place on a sheet."""
    found: set[str] = set()
    for block in sheet.blocks:
        match block:
            case Grid():
                found.update(field for cell in block.cells for field in (cell.field, *cell.also) if field)
            case Table():
                found.update(field for column in block.columns for field in (column.field, *column.also))
            case Text():
                found.update([block.field] if block.field else [])
    return frozenset(found)
