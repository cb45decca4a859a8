"""What a layout says: boxes for shapes and titles, corners for flows."""

from __future__ import annotations

import msgspec

from server.exchange.bpmn.chart import Flow, Shape

EVENT, GATEWAY, TASK_WIDTH, TASK_HEIGHT = 36, 50, 132, 80
Point = tuple[int, int]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A shape with its place."""

    shape: Shape
    box: Box
    #: Its title in lines, inside a task and below everything else.
    title: tuple[str, ...]
    title_box: Box


class Routed(msgspec.Struct, frozen=True, kw_only=True):
    """A flow with its corners."""

    flow: Flow
    points: tuple[Point, ...]
    title: tuple[str, ...] = ()
    title_box: Box | None = None


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A chart ready to be drawn."""

    width: int
    height: int
    shapes: dict[str, Placed]
    flows: tuple[Routed, ...]


def is_task(shape: Shape) -> bool:
    """Whether a shape is a box with its title inside."""
    return shape.tag.endswith(("Task", "Activity", "subProcess"))


def size_of(shape: Shape) -> tuple[int, int]:
    """Width and height of a shape without its title."""
    if is_task(shape):
        return TASK_WIDTH, TASK_HEIGHT
    size = GATEWAY if shape.tag.endswith("Gateway") else EVENT
    return size, size
