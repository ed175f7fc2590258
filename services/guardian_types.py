"""What a guardianship is, and what is said of one."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import GuardianshipState

CODE_LENGTH: Final = 10


class Relation(StrEnum):
    """What the guardian is to the ward."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    LEGAL_GUARDIAN = "legal_guardian"


class EvidenceKind(StrEnum):
    """Which paper was shown. The paper itself is not kept."""

    HOUSEHOLD_REGISTER = "household_register"
    BIRTH_CERTIFICATE = "birth_certificate"
    COURT_DECISION = "court_decision"
    SCHOOL_RECORD = "school_record"


class GuardianCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code to be told to the other side; good once."""

    code: str
    expires_at: datetime


class GuardianshipIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that the other side made, and what the guardian is to the ward."""

    code: Annotated[
        str, Meta(min_length=CODE_LENGTH, max_length=24, pattern=r"^[0-9A-Za-z -]+$(?!\n)")
    ]
    relation: Relation


class GuardianDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody who saw the papers says."""

    is_verified: bool
    evidence_kind: EvidenceKind | None = None


class Guardianship(msgspec.Struct, frozen=True, kw_only=True):
    """One grown-up and one minor. `ward_age` is in whole years."""

    id: UUID
    ward_id: UUID
    ward_name: str
    ward_age: int
    guardian_name: str
    relation: Relation
    state: GuardianshipState
    is_guardian: bool
    created_at: datetime
    decided_at: datetime | None = None
    ended_at: datetime | None = None
