"""Passwords as Argon2 hashes; both directions take a while on purpose, so they run beside the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200

_HASHER = PasswordHasher()
#: Each hash takes 64 MB for a moment; a crowd at the door must not take all memory.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


async def hash_password(password: str) -> str:
    """The hash to store."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def password_matches(password_hash: str, password: str) -> bool:
    """Whether the password is right; without a hash it is wrong after the same work."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _matches, password_hash, password[:LONGEST_PASSWORD])


def _matches(password_hash: str, password: str) -> bool:
    if not password_hash:
        _HASHER.hash(password)
        return False
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
