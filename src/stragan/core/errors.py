"""Five kinds of trouble, told apart by what the caller can do about them.

    StraganError
    ├── Refused       the user can act: change the data, then try again
    ├── Conflict      somebody was faster: reload, then decide
    ├── Warned        may be confirmed and done all the same
    ├── Unavailable   the outside world does not answer now: try later
    └── Rejected      the outside world answered no: trying again will not help

Concrete classes live beside the function that raises them. They carry a stable ``code`` and
parameters; sentences for people are made at the edge from ``stragan.kit.messages``.
"""

from typing import ClassVar


class StraganError(Exception):
    """Base of all anticipated errors: a stable code and the facts a sentence needs."""

    code: ClassVar[str] = "error"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)


class Refused(StraganError):
    """The user can act on it."""


class Conflict(StraganError):
    """The data changed meanwhile; reload and decide again."""


class Warned(StraganError):
    """May be confirmed by the user."""


class Unavailable(StraganError):
    """The outside world does not answer now. ``retry_after_s`` is its own wish, in seconds."""

    def __init__(self, *, retry_after_s: int | None = None, **params: object) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(**params)


class Rejected(StraganError):
    """The outside world refused for good."""
