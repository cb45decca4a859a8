"""Fields, controls and rules of a form made of a schema, while they are collected."""

from __future__ import annotations

import msgspec

from server.definitions.form import Control, ControlOptions, FieldRules
from server.forms.schema_work import Targets
from server.types import JsonValue

#: Fields of one form; what is left then is asked as JSON text.
MOST_FIELDS = 300
LONGEST_LABEL = 80


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is laid out."""

    label: str
    #: Fields are members of a row.
    in_rows: bool = False
    #: The way that has to be chosen for it to be asked.
    relevant: str = ""
    #: Whether it is always part of the instance.
    certain: bool = True
    depth: int = 0

    def below(self, label: str, *, certain: bool) -> Frame:
        """The frame of a part inside."""
        return msgspec.structs.replace(self, label=label, certain=self.certain and certain, depth=self.depth + 1)


class Scope:
    """The fields of one object of answers: the whole form, or a row."""

    def __init__(self) -> None:
        self.properties: dict[str, JsonValue] = {}
        self.required: list[str] = []


class Layout:
    """Fields, elements and rules while they are collected."""

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
        self.rules: dict[str, FieldRules] = {}
        self.scope = Scope()
        #: Group of the row whose fields are laid out.
        self.group = ""
        self.fields = 0
        self.groups = 0

    def field(
        self, frame: Frame, schema: dict[str, JsonValue], *, hint: str = "", options: ControlOptions | None = None
    ) -> tuple[str, Control]:
        """A new field with its control."""
        self.fields += 1
        name = f"f{self.fields}"
        self.scope.properties[name] = schema
        if frame.certain and schema.get("type") != "array":
            self.scope.required.append(name)
        if frame.relevant:
            self.rules[f"{self.group}[].{name}" if self.group else name] = FieldRules(relevant=frame.relevant)
        label = frame.label[:LONGEST_LABEL]
        control = Control(
            id=name, scope=f"#/properties/{name}", label=label, hint=hint or None, options=options or ControlOptions()
        )
        return name, control

    @property
    def full(self) -> bool:
        """Whether no further part is taken apart."""
        return self.fields >= MOST_FIELDS
