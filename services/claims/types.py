"""What is asked and answered about claims, and the states through which one goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import ClaimState
from services.paging import PageQuery
from services.shifts import ShiftBrief
from services.types import INTEGER_MAX, Key

_S = ClaimState
ALLOWED: Mapping[ClaimState | None, frozenset[ClaimState]] = {
    None: frozenset({_S.REQUESTED, _S.ENTERED, _S.WAITLISTED, _S.OFFERED, _S.CONFIRMED}),
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.REFUSED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.ENTERED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.WAITLISTED: frozenset({_S.OFFERED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.DECLINED, _S.EXPIRED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.CONFIRMED: frozenset(
        {
            _S.CHECKED_IN,
            _S.CANCELLED,
            _S.LATE_CANCELLED,
            _S.SEEKING_STANDIN,
            _S.NO_SHOW,
            _S.CALLED_OFF,
        }
    ),
    _S.SEEKING_STANDIN: frozenset(
        {_S.HANDED_OVER, _S.CONFIRMED, _S.CHECKED_IN, _S.NO_SHOW, _S.CALLED_OFF}
    ),
    _S.CHECKED_IN: frozenset({_S.SERVED, _S.CALLED_OFF}),
    _S.NO_SHOW: frozenset({_S.SERVED, _S.EXCUSED}),
}
"""The states that may follow each state (None: a new claim). The database refuses any other."""


class ClaimIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which role is wanted, by its key; without it, the first one that the person may take.

    `risk_statement_version` is that of the words about the risks that were shown: whoever claims
    has read them (D1). A guardian names the ward for whom the seat is; without it, it is for
    whoever asks. `or_wait`: where the role is full, a place on its waiting list is taken.
    """

    risk_statement_version: Annotated[int, Meta(ge=0, le=INTEGER_MAX)]
    role: Key | None = None
    volunteer_id: UUID | None = None
    or_wait: bool = False


class ClaimQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose claims: a ward's, or one's own."""

    volunteer_id: UUID | None = None


class ShiftClaimsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which claims of a shift: all, or those in one state."""

    state: ClaimState | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One person's hold on one seat. `deadline_at` is when an open offer ends; `waitlist_place`
    the place of one that waits, 1 being asked next."""

    id: UUID
    shift: ShiftBrief
    role_key: str
    role_name: str
    volunteer_id: UUID
    volunteer_name: str
    state: ClaimState
    deadline_at: datetime | None = None
    waitlist_place: int | None = None
    changed_at: datetime
