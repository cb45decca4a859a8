"""Exceptions, for bugs and damaged data only; whatever a person can cause is a finding, a problem or a refusal.

OnethingError
├── DamagedData        stored bytes that do not decrypt, decode or match their hash
├── UnusableStore      a data folder that this program cannot work with, as it is or with these keys
└── ImpossibleState    a branch that checked configuration cannot reach
"""

from __future__ import annotations


class OnethingError(Exception):
    """Base of all own exceptions."""


class DamagedData(OnethingError):
    """Stored bytes that do not decrypt, decode or match their hash."""


class UnusableStore(OnethingError):
    """A data folder that this program cannot work with, as it is or with these keys; the text says what to do."""


class ImpossibleState(OnethingError):
    """A branch that checked configuration cannot reach."""
