"""Requests that end in an error page, as exceptions the application turns into pages."""

from __future__ import annotations


class Failure(Exception):
    """A request that cannot be answered as asked; `code` names its texts in `server.messages.pages`.

    Failure
     +-- SignInFirst   the route needs a session
     +-- Forbidden     the session is of another kind of person
     +-- Forged        a post without the token of this browser
     +-- Unreadable    a body that is too large or damaged
     +-- Missing       nothing here under this address
     +-- Unprintable   nothing can be printed now
     +-- Elsewhere     the place has moved, such as a draft that has been submitted
    """

    status = 500
    code = "unexpected"


class SignInFirst(Failure):
    """The route needs a session."""

    status = 401

    def __init__(self, *, rule: str, ended: bool) -> None:
        super().__init__(rule)
        self.rule = rule
        self.ended = ended
        self.code = "session-ended" if ended else "sign-in-first"


class Forbidden(Failure):
    """The session is of another kind of person, or the person has no right to this."""

    status = 403
    code = "forbidden"

    def __init__(self, rule: str = "") -> None:
        super().__init__(rule)
        self.rule = rule


class Forged(Failure):
    """A post without the token made for this browser."""

    status = 403
    code = "stale-form"


class Unreadable(Failure):
    """A body that is too large or damaged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status = 413 if code in ("too-large", "too-many-fields", "text-too-long") else 400


class Missing(Failure):
    """Nothing here under this address, or nothing this person may know of."""

    status = 404
    code = "not-found"


class Unprintable(Failure):
    """Nothing can be printed now."""

    status = 503

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = f"print-{code}"


class Elsewhere(Failure):
    """The place has moved; the browser is sent there."""

    status = 303
    code = "elsewhere"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
