"""RFC 7396 merge patches."""

from __future__ import annotations

from server.types import JsonValue


def apply_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """The target with the patch merged in; `null` removes a member, anything but an object replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = apply_patch(merged.get(key), value)
    return merged


def patch_between(before: JsonValue, after: JsonValue) -> JsonValue:
    """The smallest merge patch that turns `before` into `after`; exact where `after` holds no null members."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, JsonValue] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif not same(before[key], value):
            patch[key] = patch_between(before[key], value)
    return patch


def same(left: JsonValue, right: JsonValue) -> bool:
    """Whether two values are equal as documents: Python takes true for 1, JSON does not."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
