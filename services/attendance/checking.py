"""Coming and going: by a scanned code, by digits, or by the lead's own hand.

The time of a scan is that of the half minute in which its code was shown, so a phone without a
network, or with a wrong clock, says the truth when it sends the scan later. Everything here may be
sent twice and counts once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from matcher.geometry import distance_m
from models.core import ClaimState, Evidence, Whereabouts, new_id
from services import agreements, audit, rights
from services.accounts.attempts import count, note_failure, refuse_guessing
from services.attendance import codes, keys
from services.attendance.codes import STEP_SECONDS, Code
from services.attendance.entries import tell_entered
from services.attendance.reading import closes_at, opens_at, require_lead_of, row_of, view
from services.attendance.types import Attendance, ByHandIn, DigitsIn, ScanIn, Way
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.locks import lock_claim
from services.notifications import notify
from services.positions import PositionIn, to_wgs84
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

PROMPT = timedelta(minutes=2)
"""A code that is sent later than this after it was shown was kept on the phone meanwhile."""
AHEAD_MAX = timedelta(seconds=STEP_SECONDS)
"""Two of our own machines may disagree by so much about the time."""
DIGIT_STEPS = 3
"""Digits may be typed in the half minute in which they are shown and in the two after it."""
GUESSES_MAX = 5
GUESSES_WINDOW = timedelta(minutes=10)
ACCURACY_COUNTED_M = 100
"""Of what a phone says about its own accuracy; one that says *within 50 km* proves nothing."""

_S = ClaimState
_WHY_NOT = {
    _S.CHECKED_IN: "already_checked_in",
    _S.SERVED: "already_checked_in",
    _S.HANDED_OVER: "handed_over",
    _S.CALLED_OFF: "called_off",
    _S.NO_SHOW: "marked_absent",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """One coming or going: when, how it is known, who says so, and where they were."""

    at: datetime
    evidence: Evidence
    account_id: UUID
    place: Whereabouts = Whereabouts.UNKNOWN


@acting
async def scan(actor: Actor, command: ScanIn, now: datetime, settings: Settings) -> Attendance:
    """Check in or out by a code, scanned now or a while ago; the same again changes nothing.

    Raises Conflict: `code_unreadable`, `code_not_genuine`, `code_from_future`, `scan_too_old`,
    `no_seat_here`, and what `by_digits` raises of the claim.
    """
    async with entered(SYSTEM), transaction():
        code, age = await _genuine(command.code, now, settings)
        claim_id = await _claim_on(actor, code.shift_id, command.volunteer_id)
        row = await _locked(claim_id)
        evidence = Evidence.QR if age <= PROMPT else Evidence.QR_LATER
        place = _whereabouts(row, command.position)
        seen = _Seen(code.shown_at, evidence, actor.account_id, place)
        return await _write(row, command.way, seen, now, settings)


@acting
async def look(actor: Actor, code: str, now: datetime, settings: Settings) -> Attendance:
    """Whose attendance a code would be of, before anybody says that it is. Changes nothing."""
    async with entered(SYSTEM):
        known, _ = await _genuine(code, now, settings)
        claim_id = await _claim_on(actor, known.shift_id, None)
        return view(await row_of(claim_id), settings)


@as_system
async def asks_position(claim_id: UUID) -> bool:
    """Whether digits are taken near the place of the claim's shift only."""
    row = await row_of(claim_id)
    return row["geofence_m"] is not None and row["longitude"] is not None


@acting
async def by_digits(
    actor: Actor, claim_id: UUID, command: DigitsIn, now: datetime, settings: Settings
) -> Attendance:
    """Check in or out by the six digits that the lead shows, as the person or their guardian.

    Raises TooManyAttempts after five wrong ones, Conflict("digits_wrong"), and where the shift asks
    for nearness ("position_needed") or ("not_near"). Of the claim: `check_in_not_open`, `ended`,
    `handed_over`, `called_off`, `marked_absent`, `not_confirmed`, `claim_start_unqualified`,
    `agreement_missing`;
    `not_checked_in`, `out_before_in`, `check_out_over`.
    """
    await _require_own(actor, claim_id)
    what = f"check-in:{claim_id}"
    await refuse_guessing(what, GUESSES_MAX, GUESSES_WINDOW, now)
    async with entered(SYSTEM):
        row = await row_of(claim_id)
        key = await keys.key_of(row["shift_id"])
    step = codes.step_of(now)
    steps = range(step - DIGIT_STEPS + 1, step + 1)
    if not codes.are_digits_of(key, row["shift_id"], steps, command.digits):
        await note_failure(what, now)
        left = GUESSES_MAX - await count(what, GUESSES_WINDOW, now)
        raise Conflict("digits_wrong", left=max(0, left))
    async with entered(SYSTEM), transaction():
        row = await _locked(claim_id)
        place = _whereabouts(row, command.position)
        _require_near(row, place)
        seen = _Seen(now, Evidence.CODE, actor.account_id, place)
        return await _write(row, command.way, seen, now, settings)


@acting
async def by_hand(
    actor: Actor, claim_id: UUID, command: ByHandIn, now: datetime, settings: Settings
) -> Attendance:
    """Check somebody in or out as the lead, with one tap. It is written into the log.

    Somebody who was marked as absent and comes after all has served from now on. Raises
    Conflict("own_attendance") for oneself, and what `by_digits` raises of the claim.
    """
    await require_lead_of(actor, await row_of(claim_id))
    async with entered(SYSTEM), transaction():
        row = await _locked(claim_id)
        if row["volunteer_id"] in actor.persons:
            raise Conflict("own_attendance")
        seen = _Seen(now, Evidence.LEAD, actor.account_id)
        if row["state"] == _S.NO_SHOW and command.way is Way.IN:
            found = await _come_after_all(row, seen, now, settings)
        else:
            found = await _write(row, command.way, seen, now, settings)
        await audit.record(
            Act.ATTENDANCE_CHANGED,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=row["organisation_id"],
            account_id=actor.account_id,
            how="lead",
            what=command.way.value,
        )
    return found


async def _genuine(text: str, now: datetime, settings: Settings) -> tuple[Code, timedelta]:
    """The code and how long ago it was shown. Raises Conflict."""
    code = codes.read(text)
    if code is None:
        raise Conflict("code_unreadable")
    if not await rows("SELECT 1 FROM shift_check WHERE shift_id = $1", code.shift_id):
        raise Conflict("code_not_genuine")  # No lead of this shift has ever shown a code.
    if not codes.is_genuine(await keys.key_of(code.shift_id), code):
        raise Conflict("code_not_genuine")
    age = now - code.shown_at
    if age < -AHEAD_MAX:
        raise Conflict("code_from_future")
    if age > timedelta(hours=settings.scan_hours):
        raise Conflict("scan_too_old", hours=settings.scan_hours)
    return code, age


async def _claim_on(actor: Actor, shift_id: UUID, volunteer_id: UUID | None) -> UUID:
    """Whose claim on the shift is meant: the one named, the person's own, or the only ward's."""
    if volunteer_id is not None:
        rights.require_own(actor, volunteer_id)
    people = list(actor.persons) if volunteer_id is None else [volunteer_id]
    found = await rows(
        # The live one, where somebody once gave a seat back and took another.
        "SELECT DISTINCT ON (c.volunteer_id) c.id, c.volunteer_id FROM claim c "
        "WHERE c.shift_id = $1 AND c.volunteer_id = ANY($2::uuid[]) "
        "ORDER BY c.volunteer_id, (c.state IN ('confirmed', 'seeking_standin', 'checked_in', "
        "'served', 'no_show')) DESC, c.id DESC",
        shift_id,
        people,
    )
    own = [row for row in found if row["volunteer_id"] == actor.volunteer_id]
    meant = own or found
    if not meant:
        raise Conflict("no_seat_here")
    if len(meant) > 1:
        raise Conflict("name_the_person")
    claim_id: UUID = meant[0]["id"]
    return claim_id


async def _require_own(actor: Actor, claim_id: UUID) -> None:
    row = await row_of(claim_id)
    if row["volunteer_id"] in actor.persons:
        return
    if await rows("SELECT 1 FROM claim WHERE id = $1", claim_id):
        raise Forbidden("volunteers_only")
    raise NotFound


async def _locked(claim_id: UUID) -> dict[str, Any]:
    await lock_claim(claim_id)
    return await row_of(claim_id)


async def _write(
    row: dict[str, Any], way: Way, seen: _Seen, now: datetime, settings: Settings
) -> Attendance:
    if way is Way.IN:
        await _come(row, seen, now, settings)
    else:
        await _go(row, seen, now, settings)
    return await _told(row, way, seen, settings)


async def _told(before: dict[str, Any], way: Way, seen: _Seen, settings: Settings) -> Attendance:
    """The stay as it is now. Whoever was noted by somebody else, their lead or a guardian, has been
    told of it."""
    row = await row_of(before["claim_id"])
    noted = f"{way.value}_recorded_at"
    if row[noted] != before[noted]:
        who = "lead" if seen.evidence is Evidence.LEAD else "guardian"
        kind = f"checked_{way.value}_by_{who}"
        await tell_entered(kind, row, seen.account_id, settings, at=seen.at)
    return view(row, settings)


async def _come(row: dict[str, Any], seen: _Seen, now: datetime, settings: Settings) -> None:
    if row["in_at"] is not None:
        return
    state = _S(row["state"])
    if state not in (_S.CONFIRMED, _S.SEEKING_STANDIN):
        raise Conflict(_WHY_NOT.get(state, "not_confirmed"))
    if row["shift_state"] == "called_off":
        raise Conflict("called_off")
    first = opens_at(row["starts_at"], settings)
    # A code is shown for half a minute: the one in which the door opens is good.
    if seen.at < first - timedelta(seconds=STEP_SECONDS):
        raise Conflict("check_in_not_open", opens_at=first)
    if seen.at >= row["ends_at"]:
        raise Conflict("ended")
    await agreements.refuse_unsigned(row["volunteer_id"], row["shift_id"])
    await _set_state(row["claim_id"], _S.CHECKED_IN, now)
    await _insert(row, seen, now)


async def _come_after_all(
    row: dict[str, Any], seen: _Seen, now: datetime, settings: Settings
) -> Attendance:
    """The lead's own mark was too early: no state leads back, so the claim counts as served and
    its end is still to come."""
    if seen.at >= row["ends_at"]:
        raise Conflict("ended")
    await agreements.refuse_unsigned(row["volunteer_id"], row["shift_id"])
    await _set_state(row["claim_id"], _S.SERVED, now)
    await _insert(row, seen, now)
    await rows(
        "UPDATE absence SET decided_at = $2, decided_by = $3, outcome = 'served' "
        "WHERE id = $1 AND decided_at IS NULL",
        row["absence_id"],
        now,
        seen.account_id,
    )
    return await _told(row, Way.IN, seen, settings)


async def _go(row: dict[str, Any], seen: _Seen, now: datetime, settings: Settings) -> None:
    if row["in_at"] is None:
        raise Conflict("not_checked_in")
    is_settled = row["confirmed_at"] is not None or row["struck_at"] is not None
    is_guessed = row["out_evidence"] == Evidence.CAPPED and not is_settled
    if row["out_at"] is not None and not is_guessed:
        return
    if seen.at < row["in_at"]:
        raise Conflict("out_before_in", in_at=row["in_at"])
    last = closes_at(row["ends_at"], settings)
    if seen.at > last:
        raise Conflict("check_out_over", closed_at=last)
    await rows(
        "UPDATE attendance SET out_at = $2, out_evidence = $3, out_place = $4, "
        "out_recorded_at = $5, out_by = $6, needs_confirmation = false WHERE claim_id = $1",
        row["claim_id"],
        seen.at,
        seen.evidence.value,
        seen.place.value,
        now,
        seen.account_id,
    )
    if row["state"] == _S.CHECKED_IN:
        await _set_state(row["claim_id"], _S.SERVED, now)
    await notify(
        "shift_thanks",
        row["volunteer_id"],
        about=row["claim_id"],
        once=f"thanks:{row['claim_id']}",
        project=row["project_name"],
    )


async def _insert(row: dict[str, Any], seen: _Seen, now: datetime) -> None:
    await rows(
        "INSERT INTO attendance (id, created_at, claim_id, volunteer_id, in_at, in_evidence, "
        "in_place, in_recorded_at, in_by, needs_confirmation) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $2, $8, false)",
        new_id(),
        now,
        row["claim_id"],
        row["volunteer_id"],
        seen.at,
        seen.evidence.value,
        seen.place.value,
        seen.account_id,
    )


async def _set_state(claim_id: UUID, state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1",
        claim_id,
        state.value,
        now,
    )


def _whereabouts(row: dict[str, Any], position: PositionIn | None) -> Whereabouts:
    """Near the place of the shift or not. The position is compared and forgotten."""
    fence = row["geofence_m"]
    if position is None or fence is None or row["longitude"] is None:
        return Whereabouts.UNKNOWN
    here = to_wgs84(position.location, position.system)
    away = distance_m(here, (row["longitude"], row["latitude"]))
    within = fence + min(position.accuracy_m, ACCURACY_COUNTED_M)
    return Whereabouts.INSIDE if away <= within else Whereabouts.OUTSIDE


def _require_near(row: dict[str, Any], place: Whereabouts) -> None:
    """Digits can be told on the phone; a picture that changes every half minute hardly can."""
    if row["geofence_m"] is None or row["longitude"] is None:
        return
    if place is Whereabouts.UNKNOWN:
        raise Conflict("position_needed", metres=row["geofence_m"])
    if place is Whereabouts.OUTSIDE:
        raise Conflict("not_near", metres=row["geofence_m"])
