"""The reasons of a plan as they are told to one reader: with the names that this reader may see."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.database import rows
from services.planning.reasons import LineWhy, NextPerson, SeatChange, WouldFill

T = TypeVar("T")

# Row-level security leaves out whom the reader may not see; who is gone has no name.
NAMES = "SELECT id, name FROM volunteer WHERE id = ANY($1::uuid[]) AND state = 'active'"
ORGANISATIONS = "SELECT id, name FROM organisation WHERE id = ANY($1::uuid[])"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The names behind ids, and whether this reader may see people at all."""

    sees_people: bool
    people: Mapping[UUID, str]
    organisations: Mapping[UUID, str]

    def would_fill(self, kept: str | None) -> WouldFill | None:
        """What would fill a seat; people without a name that this reader may see are nobody."""
        found = read_json(kept, WouldFill)
        if found is None:
            return None
        return msgspec.structs.replace(
            found, changes=[self._change(each) for each in found.changes]
        )

    def _change(self, change: SeatChange) -> SeatChange:
        name = None if change.volunteer_id is None else self.people.get(change.volunteer_id)
        return msgspec.structs.replace(
            change,
            volunteer_id=None if name is None else change.volunteer_id,
            name=name,
            organisation_names=[
                self.organisations[each]
                for each in change.organisations
                if each in self.organisations
            ],
        )

    def why(self, kept: str | None) -> LineWhy | None:
        """Why somebody has a seat; nothing for who may not see people."""
        found = read_json(kept, LineWhy) if self.sees_people else None
        if found is None:
            return None
        return msgspec.structs.replace(found, next=[self._next(each) for each in found.next])

    def _next(self, person: NextPerson) -> NextPerson:
        name = None if person.volunteer_id is None else self.people.get(person.volunteer_id)
        known = None if name is None else person.volunteer_id
        return msgspec.structs.replace(person, volunteer_id=known, name=name)


def read_json(kept: str | None, kind: type[T]) -> T | None:
    """What was kept, if anything was."""
    return None if kept is None else msgspec.json.decode(kept, type=kind)


async def told_to(
    roles: Iterable[Mapping[str, Any]], people: Iterable[Mapping[str, Any]], *, sees_people: bool
) -> Told:
    """The names that the present scope may see, of everybody and everything in these reasons."""
    wanted: set[UUID] = set()
    organisations: set[UUID] = set()
    for row in roles:
        found = read_json(row["would_fill"], WouldFill)
        for change in found.changes if found else ():
            organisations.update(change.organisations)
            if change.volunteer_id is not None:
                wanted.add(change.volunteer_id)
    for row in people:
        why = read_json(row["why"], LineWhy)
        wanted.update(each.volunteer_id for each in (why.next if why else ()) if each.volunteer_id)
    named = await rows(NAMES, sorted(wanted)) if sees_people else []
    nodes = await rows(ORGANISATIONS, sorted(organisations))
    return Told(
        sees_people=sees_people,
        people={row["id"]: row["name"] for row in named},
        organisations={row["id"]: row["name"] for row in nodes},
    )
