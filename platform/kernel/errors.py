"""The small family of errors that services raise and the edges translate.

``code`` is stable and part of the API's contract; ``detail`` is one sentence for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One faulty field of a request: its path (``items.0.quantity``), a stable code, a sentence."""

    field: str
    code: str
    message: str


class TillgateError(Exception):
    """Base of every error that a caller is told about.

    ``cashier`` is one sentence by language for whoever stands at the till, where there is one.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        cashier: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.errors = errors
        self.cashier = cashier


class Rejected(TillgateError):
    """The request is at fault; repeating it unchanged cannot help."""


class NotFound(TillgateError):
    """There is no such thing, or it is not the caller's: the two are never told apart."""


class Conflict(TillgateError):
    """The request is well-formed but contradicts what already is."""


class Forbidden(TillgateError):
    """The caller is known but may not do this."""


class Unavailable(TillgateError):
    """Try again later; nothing happened. ``retry_after_seconds`` says when."""

    def __init__(self, code: str, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(code, detail)
        self.retry_after_seconds = retry_after_seconds
