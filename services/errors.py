"""Refusals. Each has a stable code; the words are the front door's, in the user's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar


class ServiceError(Exception):
    """A refusal with a stable `code`, an HTTP-like `status` and the facts its sentence needs.

    `parameters` may hold only what the person who asked may see; it is shown to them.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, code: str | None = None, /, **parameters: object) -> None:
        self.reason = code or self.code
        self.parameters: Mapping[str, object] = parameters
        super().__init__(self.reason)


class NotFound(ServiceError):
    """There is no such thing, or not for this account."""

    code, status = "not_found", 404


class NotSignedIn(ServiceError):
    code, status = "not_signed_in", 401


class Forbidden(ServiceError):
    code, status = "forbidden", 403


class Conflict(ServiceError):
    """The request is well made but the state of things refuses it."""

    code, status = "conflict", 409


class PreconditionFailed(ServiceError):
    """The row has changed since the caller read it."""

    code, status = "changed_meanwhile", 412


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with an input: where, which rule, and the facts for the sentence."""

    place: str
    code: str
    message: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


class Invalid(ServiceError):
    """Malformed input: every defect found, each with its place."""

    code, status = "invalid", 422

    def __init__(self, defects: Sequence[Defect]) -> None:
        super().__init__()
        self.defects = tuple(defects)


class TooLarge(ServiceError):
    code, status = "too_large", 413
