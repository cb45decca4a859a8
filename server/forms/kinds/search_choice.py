"""One of a long list, found by typing where scripts run."""

from __future__ import annotations

from server.forms.kinds.choice import example_code, parse_code
from server.forms.kinds.kind import FieldKind, one_input, show_code

KIND = FieldKind(id="search_choice", parse=parse_code, show=show_code, example=example_code, inputs=one_input)
