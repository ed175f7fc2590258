"""What is said of coming and going: what comes in, and what is shown."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import AbsenceOutcome, ClaimState, Evidence, Whereabouts
from services.positions import PositionIn
from services.shifts import ShiftBrief
from services.types import Instant, Name, Text

Digits = Annotated[str, Meta(pattern=r"^[0-9]{6}$(?!\n)", description="Six digits")]
Scanned = Annotated[
    str, Meta(min_length=1, max_length=400, pattern=r"^[!-~]*$(?!\n)", description="As scanned")
]


class Way(StrEnum):
    """Coming or going."""

    IN = "in"
    OUT = "out"


class ScanIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code as it was scanned, now or a while ago without a network.

    Whoever answers for several people names the one who was there.
    """

    code: Scanned
    way: Way
    volunteer_id: UUID | None = None
    position: PositionIn | None = None


class DigitsIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The six digits that the lead shows just now."""

    digits: Digits
    way: Way
    position: PositionIn | None = None


class ByHandIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the lead saw: somebody came, or went."""

    way: Way


class ConfirmIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody left who forgot to say so; without it, at the planned end."""

    out_at: Instant | None = None


class ObjectionIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person says to being marked as absent."""

    text: Text


class ObjectionDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes of an objection: they served, they are excused, or the mark stands."""

    outcome: AbsenceOutcome


class GeofenceIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How near one has to be to check in by digits; null: wherever one is."""

    metres: Annotated[int, Meta(ge=50, le=5000)] | None = None


class LeadIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to lead a shift: somebody with a seat on it, or staff by the name of their account."""

    claim_id: UUID | None = None
    account_name: Name | None = None


class ShiftLead(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who leads a shift."""

    id: UUID
    shift_id: UUID
    name: str
    named_at: datetime


class ShiftLeads(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who leads a shift."""

    items: list[ShiftLead]


class CheckCode(msgspec.Struct, frozen=True, kw_only=True):
    """What the lead shows for half a minute: an address with the code, and six digits."""

    shift_id: UUID
    address: str
    digits: str
    ends_at: datetime


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was marked as absent.

    The objection's words are for the person and for those who decide: organisers of the project
    other than whoever made the mark. `can_decide` says whether the reader is one of them and
    nobody has decided yet.
    """

    marked_at: datetime
    object_until: datetime
    objected_at: datetime | None = None
    objection: str | None = None
    decided_at: datetime | None = None
    outcome: AbsenceOutcome | None = None
    can_decide: bool = False


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when somebody was there, and how that is known.

    `minutes` are those between coming and going as they are known so far; 0 where it was decided
    that the person was never there (`is_struck`). `coming_at` is when the person last said that
    they come.
    """

    claim_id: UUID
    volunteer_id: UUID
    volunteer_name: str
    role_name: str
    shift: ShiftBrief
    state: ClaimState
    coming_at: datetime | None = None
    opens_at: datetime
    closes_at: datetime
    in_at: datetime | None = None
    in_evidence: Evidence | None = None
    in_place: Whereabouts | None = None
    out_at: datetime | None = None
    out_evidence: Evidence | None = None
    out_place: Whereabouts | None = None
    minutes: int | None = None
    needs_confirmation: bool = False
    confirmed_at: datetime | None = None
    corrected_at: datetime | None = None
    is_struck: bool = False
    absence: Absence | None = None


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes to a shift, as its lead sees it. It holds no number and no address. `unsigned` are
    the claims of those who have yet to sign the agreement before they can check in.
    `can_organise`: the reader organises the project, so that they name leads as well."""

    shift: ShiftBrief
    opens_at: datetime
    closes_at: datetime
    absent_from: datetime
    geofence_m: int | None = None
    expected: int
    here: int
    gone: int
    unsigned: list[UUID] = []
    can_organise: bool = False
    people: list[Attendance]
