"""Names of the primitive values that cross package borders."""

from __future__ import annotations

from typing import Any, NewType, TypeAlias

#: Any value JSON can hold. `Any` on purpose: recursive aliases make every access a cast without adding safety.
JsonValue: TypeAlias = Any

#: Property path of a field, `applicant.current_address.region`, `household_members[].name`.
FieldId = NewType("FieldId", str)
ItemId = NewType("ItemId", str)
NodeId = NewType("NodeId", str)
TableId = NewType("TableId", str)
ServiceId = NewType("ServiceId", str)
#: Region code of 6, 9 or 12 digits.
RegionCode = NewType("RegionCode", str)
#: `sha256:` and 64 hexadecimal digits.
ReleaseId = NewType("ReleaseId", str)
ApplicationId = NewType("ApplicationId", str)
CaseId = NewType("CaseId", str)
TaskId = NewType("TaskId", str)
#: Keyed hash of an identity number.
PersonHash = NewType("PersonHash", str)
