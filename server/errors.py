"""Exceptions, for bugs and damaged data only; whatever a person can cause is a finding, a problem or a refusal.

OnethingError
├── DamagedData        stored bytes that do not decrypt, decode or match their hash
└── ImpossibleState    a branch that checked configuration cannot reach
"""

from __future__ import annotations


class OnethingError(Exception):
    """Base of all own exceptions."""


class DamagedData(OnethingError):
    """Stored bytes that do not decrypt, decode or match their hash."""


class ImpossibleState(OnethingError):
    """A branch that checked configuration cannot reach."""
