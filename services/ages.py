"""Whole years of age, kept by a daily job: the day of birth itself is encrypted.

A year is complete on the day after the birthday (C4), so who turns 18 is grown up the day after.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from models.core import DatumKind
from services import notifications
from services.birth import age_on
from services.database import rows
from services.personal import PLACE
from services.scope import as_system
from services.transactions import transaction
from services.vault import keyring

BATCH_PEOPLE = 5_000
GROWN_UP = 18

_NEXT = (
    "SELECT v.id, v.age, d.id AS datum_id, d.cipher FROM volunteer v "
    "JOIN personal_datum d ON d.volunteer_id = v.id AND d.kind = $3 "
    "WHERE v.id > $1 AND v.state = 'active' ORDER BY v.id LIMIT $2"
)
_OF = (
    "SELECT v.id, v.age, d.id AS datum_id, d.cipher FROM volunteer v "
    "JOIN personal_datum d ON d.volunteer_id = v.id AND d.kind = $2 "
    "WHERE v.id = ANY($1::uuid[]) AND v.state = 'active' ORDER BY v.id FOR NO KEY UPDATE OF v"
)
_SET = (
    "UPDATE volunteer v SET age = line.age, is_on_call = v.is_on_call AND line.age >= 18 "
    "FROM unnest($1::uuid[], $2::int[]) AS line(id, age) WHERE v.id = line.id"
)
_END_GUARDIANS = (
    "UPDATE guardianship SET state = 'ended', ended_at = now() WHERE ward_id = ANY($1::uuid[]) "
    "AND state IN ('requested','verified') RETURNING ward_id, guardian_id"
)


class AgesKept(msgspec.Struct, frozen=True, kw_only=True):
    """How many people were looked at, how many ages changed, and who is grown up from today."""

    looked_at: int
    changed: int
    grown_up: int


@as_system
async def keep_ages(today: date, *, batch_people: int = BATCH_PEOPLE) -> AgesKept:
    """Set everybody's age as of this local day. Again on the same day: nothing changes.

    Guardians of those who are now 18 answer for them no more, and both are told.
    """
    looked_at = changed = grown_up = 0
    last = UUID(int=0)
    while people := await rows(_NEXT, last, batch_people, DatumKind.BIRTH_DATE.value):
        moved = [person for person, age in _ages(people, today).items() if age is not None]
        if moved:
            grown = await _settle(moved, today)
            changed += len(moved)
            grown_up += grown
        looked_at += len(people)
        last = people[-1]["id"]
    return AgesKept(looked_at=looked_at, changed=changed, grown_up=grown_up)


async def _settle(moved: Collection[UUID], today: date) -> int:
    """Set the ages of these few, looked at again under a lock: an edit may have come between."""
    async with transaction():
        people = await rows(_OF, list(moved), DatumKind.BIRTH_DATE.value)
        before = {row["id"]: row["age"] for row in people}
        ages = {person: age for person, age in _ages(people, today).items() if age is not None}
        await rows(_SET, list(ages), list(ages.values()))
        grown = [person for person, age in ages.items() if before[person] < GROWN_UP <= age]
        await _end_guardians(grown)
    return len(grown)


async def _end_guardians(grown: list[UUID]) -> None:
    if not grown:
        return
    for row in await rows(_END_GUARDIANS, grown):
        await notifications.notify_account("ward_grown_up", row["guardian_id"])
    for person in grown:
        await notifications.notify("grown_up", person)


def _ages(people: list[dict[str, Any]], today: date) -> Mapping[UUID, int | None]:
    """The age of each where it differs from what is stored, else None."""
    ring = keyring()
    found: dict[UUID, int | None] = {}
    for row in people:
        born = date.fromisoformat(ring.decrypt(PLACE, row["datum_id"], row["cipher"]))
        age = age_on(born, today)
        found[row["id"]] = age if age != row["age"] else None
    return found
