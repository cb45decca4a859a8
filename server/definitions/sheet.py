"""`sheet.json`: the form as it is printed, cell by cell, with the names of fields in place of their labels and values."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.definitions.common import Document


class Cell(Document, frozen=True, kw_only=True):
    """A label and the room for its answer beside it, in an order from left to right and from top to bottom."""

    #: Property path of the field, `group[].field` for a field of a row; a cell without one is a heading.
    field: str | None = None
    #: Further fields whose answers stand in the same cell.
    also: tuple[str, ...] = ()
    #: As printed, where the label of the field will not do.
    label: str | None = None
    #: Columns that the label takes; with 0 the label stands inside the room for the answer.
    label_span: int = 1
    #: Columns that the answer takes; 0 for a heading.
    span: int = 1
    #: Lines of the grid that label and answer take.
    rows: int = 1
    #: The answer as text, as boxes to tick for every code, or as a picture.
    show: Literal["text", "boxes", "picture"] = "text"


class Block(Document, tag_field="type", frozen=True, kw_only=True):
    """One part of the sheet; parts stand one below the other."""

    id: str
    #: As printed beside the part or above it.
    title: str | None = None


class Grid(Block, tag="Grid", frozen=True, kw_only=True):
    """Cells that fill lines of equal columns; for a group the grid is printed once for each row."""

    columns: int
    cells: tuple[Cell, ...]
    #: Property path of the group whose rows are printed.
    group: str | None = None
    #: How many rows of the group have a place on the sheet; the others are printed on an annex page.
    places: int = 1


class Column(Document, frozen=True, kw_only=True):
    """One column of a table."""

    field: str
    #: Further fields whose answers stand in the same column.
    also: tuple[str, ...] = ()
    #: As printed, where the label of the field will not do.
    label: str | None = None
    #: Share of the width.
    width: int = 1


class Table(Block, tag="Table", frozen=True, kw_only=True):
    """Rows of a group, one line for each."""

    group: str
    columns: tuple[Column, ...]
    #: How many rows of the group have a place on the sheet; the others are printed on an annex page.
    places: int = 1


class Text(Block, tag="Text", frozen=True, kw_only=True):
    """A text to read; exactly one of `text` and `consent` says which."""

    text: str | None = None
    #: Id of a text in `consents`.
    consent: str | None = None
    #: Property path of the field that agrees to it, printed as a box below it.
    field: str | None = None


class Signature(Document, frozen=True, kw_only=True):
    """A line to sign on."""

    label: str
    #: Whether the day of signing is written beside it.
    dated: bool = True


class Box(Block, tag="Box", frozen=True, kw_only=True):
    """Room to write and sign in by hand, such as the opinion of an office."""

    text: str | None = None
    #: Empty lines to write on.
    lines: int = 0
    signatures: tuple[Signature, ...] = ()


AnyBlock = Grid | Table | Text | Box


class Letter(Document, frozen=True, kw_only=True):
    """What letters about results say besides the result."""

    #: The ways to have a result looked at again.
    appeal: str
    #: Result code to what is said in place of it; nothing is said where the text is empty.
    appeals: dict[str, str] = msgspec.field(default_factory=dict)


class Sheet(Document, frozen=True, kw_only=True):
    """`sheet.json`: the printed form of a service; without one it is made from the layout."""

    #: As printed above the form; the title of the service when absent.
    title: str | None = None
    #: Instructions as printed below the form.
    note: str | None = None
    paper: Literal["portrait", "landscape"] = "portrait"
    blocks: tuple[AnyBlock, ...]
    letter: Letter | None = None
    source: str | None = None
