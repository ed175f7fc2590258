"""Moving a shift that people hold: nobody is taken along who did not say yes to it (D6).

Whoever holds a seat is asked again, at once and on two channels. A yes keeps the seat, a no or
silence frees it and costs nothing. Whose other shifts the new time clashes with, by the same rules
as for a claim, is called off and told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import SEAT_STATES, ClaimState
from services import audit, minor_alarms, minors, notifications, rights, shifts
from services.audit import Act
from services.calendars import load_calendar, load_person
from services.consents import AGES
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.locks import lock_people, lock_shift
from services.my_shifts.answering import end_hand_overs
from services.my_shifts.types import Moved, ShiftMoveIn
from services.refusals import Commitment, Refused, refuse_time
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.shifts import Shift
from services.spans import epoch_minute, span_defects
from services.transactions import transaction
from services.versions import require_match

ANSWER_WITHIN = timedelta(hours=24)
ANSWER_BEFORE = timedelta(hours=1)
ANSWER_AT_LEAST = timedelta(minutes=15)
_WAITING = ("requested", "entered", "waitlisted")


@acting
async def move(
    actor: Actor,
    shift_id: UUID,
    command: ShiftMoveIn,
    if_match: str | None,
    now: datetime,
    settings: Settings,
) -> Moved:
    """Give a shift another time or place; those who hold it are asked again.

    Refused with `already_started`, `called_off`; with defects of the new span.
    """
    rights.require_anywhere(actor, Right.RUN_WORK)
    async with transaction():
        await lock_shift(shift_id)
        before = await shifts.get(actor, shift_id)
        await rights.require(actor, Right.RUN_WORK, before.organisation_id)
        require_match(if_match, before)
        _refuse_pointless(before, command, now)
        async with entered(SYSTEM):
            moved = await _move(before, command, now, settings)
            await audit.record(
                Act.SHIFT_MOVED,
                subject_kind="shift",
                subject_id=shift_id,
                organisation_id=before.organisation_id,
                account_id=actor.account_id,
                asked_again=moved.asked_again,
                called_off=moved.called_off,
            )
    return moved


def _refuse_pointless(before: Shift, command: ShiftMoveIn, now: datetime) -> None:
    defects = span_defects("", command.starts_at, command.ends_at)
    if command.starts_at <= now:
        defects.append(Defect("starts_at", "in_the_past"))
    if defects:
        raise Invalid(defects)
    if before.state == "called_off":
        raise Conflict("called_off")
    if before.starts_at <= now:
        raise Conflict("already_started")


async def _move(before: Shift, command: ShiftMoveIn, now: datetime, settings: Settings) -> Moved:
    held = await rows(
        "SELECT id, volunteer_id, state FROM claim WHERE shift_id = $1 AND state = ANY($2) "
        "ORDER BY id",
        before.id,
        [*(each.value for each in SEAT_STATES), *_WAITING],
    )
    await lock_people(row["volunteer_id"] for row in held)
    await rows("SELECT id FROM claim WHERE shift_id = $1 ORDER BY id FOR UPDATE", before.id)
    seated = [row for row in held if row["state"] not in _WAITING]
    clashing = [row for row in seated if await _clashes(row, before, command, settings)]
    apart = {row["id"] for row in clashing}
    # First, so that the database finds nobody in two places when the span is written.
    await _call_off(clashing, now)
    await _write(before, command)
    facts = {
        "project": before.project_name,
        "starts_at": command.starts_at,
        "place": before.place if command.place is None else command.place,
    }
    until = answer_until(command.starts_at, now)
    kept = [row for row in seated if row["id"] not in apart]
    confirmed = [row for row in kept if row["state"] == ClaimState.CONFIRMED]
    await rows(
        "UPDATE claim SET asked_until = $2, coming_at = NULL, version = version + 1 "
        "WHERE id = ANY($1::uuid[])",
        [row["id"] for row in confirmed],
        until,
    )
    await _ask_guardians(before.id)
    await minor_alarms.ask_to_look([before.id])
    await _tell("shift_moved_apart", clashing, before, facts, now)
    await _tell("shift_moved", confirmed, before, {**facts, "deadline_at": until}, now)
    others = [row for row in kept if row not in confirmed]
    waiting = [row for row in held if row["state"] in _WAITING]
    await _tell("shift_moved_waiting", [*others, *waiting], before, facts, now)
    return Moved(shift_id=before.id, asked_again=len(confirmed), called_off=len(clashing))


def answer_until(starts_at: datetime, now: datetime) -> datetime:
    """Until when to answer: a day, less where the shift is near, never less than a quarter of an
    hour."""
    return max(min(now + ANSWER_WITHIN, starts_at - ANSWER_BEFORE), now + ANSWER_AT_LEAST)


async def _clashes(
    row: dict[str, Any], before: Shift, command: ShiftMoveIn, settings: Settings
) -> Refused | None:
    """By the rules of a claim, the person's other seats against the new time."""
    person = await load_person(
        row["volunteer_id"], command.starts_at, command.ends_at, settings.zone
    )
    calendar = await load_calendar(row["volunteer_id"], before.id)
    asked = Commitment(
        start_minute=epoch_minute(command.starts_at),
        end_minute=epoch_minute(command.ends_at),
        location=command.location or before.location,
        shift_id=before.id,
        project_name=before.project_name,
    )
    offset, of_minors = settings.utc_offset_minutes, minors.rules_of(settings)
    return minors.refuse_hours(person.age, asked, offset, of_minors) or refuse_time(
        minors.kept_short(person, of_minors), asked, calendar.promised, offset
    )


async def _call_off(clashing: list[dict[str, Any]], now: datetime) -> None:
    ids = [row["id"] for row in clashing]
    await rows(
        "UPDATE claim SET state = 'called_off', changed_at = $2, asked_until = NULL, "
        "version = version + 1 WHERE id = ANY($1::uuid[])",
        ids,
        now,
    )
    await rows(
        "UPDATE offer SET answered_at = $2 WHERE claim_id = ANY($1::uuid[]) "
        "AND answered_at IS NULL",
        ids,
        now,
    )
    await end_hand_overs(ids, "ended", now)


async def _write(before: Shift, command: ShiftMoveIn) -> None:
    longitude, latitude = command.location or before.location or (None, None)
    await rows(
        "UPDATE shift SET starts_at = $2, ends_at = $3, place = $4, longitude = $5, "
        "latitude = $6, version = version + 1 WHERE id = $1",
        before.id,
        command.starts_at,
        command.ends_at,
        before.place if command.place is None else command.place,
        longitude,
        latitude,
    )


async def _ask_guardians(shift_id: UUID) -> None:
    """A guardian agreed to the old time: they are asked again, before the minor can say yes."""
    asked = await rows(
        "UPDATE activity_consent a SET state = 'asked', guardian_id = NULL, answered_at = NULL "
        "FROM claim c JOIN volunteer v ON v.id = c.volunteer_id WHERE a.shift_id = $1 "
        "AND c.shift_id = $1 AND c.volunteer_id = a.volunteer_id AND a.state = 'given' "
        "AND c.state IN ('confirmed','seeking_standin') AND v.age < $2 RETURNING a.volunteer_id",
        shift_id,
        AGES.grown_up,
    )
    guardians = await rows(
        "SELECT DISTINCT guardian_id FROM guardianship WHERE ward_id = ANY($1::uuid[]) "
        "AND state = 'verified' ORDER BY guardian_id",
        [row["volunteer_id"] for row in asked],
    )
    for row in guardians:
        await notifications.notify_account(
            "ward_shift_moved", row["guardian_id"], about=shift_id, urgent=True
        )


async def _tell(
    kind: str,
    people: list[dict[str, Any]],
    before: Shift,
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    for row in people:
        await notifications.notify(
            kind,
            row["volunteer_id"],
            about=row["id"],
            once=f"{kind}:{row['id']}:{now.isoformat()}",
            urgent=True,
            **facts,
        )
