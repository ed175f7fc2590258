"""Finding people: by name, by the registrar's number, by phone. What is shown is masked."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DatumKind, VolunteerState
from services import personal, phones, rights
from services.database import rows
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.subtrees import SUBTREE
from services.vault import keyring

SearchText = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]

_REGISTERED = "v.organisation_id IN (SELECT id FROM subtree)"
_SEEN = f"""({_REGISTERED} OR EXISTS (SELECT 1 FROM membership m WHERE m.volunteer_id = v.id
    AND NOT m.is_requested AND m.organisation_id IN (SELECT id FROM subtree)))"""
_LINES = f"""
    {SUBTREE} SELECT v.id, v.name, v.external_key, v.age, v.state, v.organisation_id,
        o.name AS organisation_name, {_REGISTERED} AS is_registered,
        EXISTS (SELECT 1 FROM account a WHERE a.volunteer_id = v.id) AS signs_in
    FROM volunteer v LEFT JOIN organisation o ON o.id = v.organisation_id
"""


class PeopleQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The beginning of a name, a whole number of the registrar, or a whole phone number."""

    q: SearchText = ""


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a list. The phone is shown in part, to their registrars only."""

    id: UUID
    name: str
    external_key: str
    age: int
    state: VolunteerState
    organisation_id: UUID
    organisation_name: str | None = None
    phone: str | None = None
    signs_in: bool = False


@acting
async def find(actor: Actor, query: PeopleQuery) -> Page[PersonLine]:
    """People at the actor's nodes, in the order of their registration; without words, all."""
    nodes = rights.require_anywhere(actor, Right.SEE_PEOPLE)
    after = decode_cursor(query.after, UUID) if query.after else None
    words = query.q.strip()
    by_phone = phones.is_mobile(words)
    condition = _WITH_PHONE if by_phone else _CALLED
    found = await rows(
        f"{_LINES} WHERE {_SEEN} AND v.state = 'active' AND {condition} "
        "AND ($2::uuid IS NULL OR v.id > $2) ORDER BY v.id LIMIT $3",
        nodes,
        after,
        query.limit + 1,
        _phone_indexes(words) if by_phone else words,
    )
    return page_of(await lines(found), [row["id"] for row in found], query.limit)


_CALLED = "($4::text = '' OR starts_with(v.name, $4) OR v.external_key = $4)"
# By a look-up that was shown in full to whoever typed it; only registrars find by it.
_WITH_PHONE = f"""{_REGISTERED} AND EXISTS (SELECT 1 FROM personal_datum d
    WHERE d.volunteer_id = v.id AND d.kind = 'phone' AND d.lookup = ANY($4::text[]))"""


def _phone_indexes(words: str) -> list[str]:
    return keyring().indexes(DatumKind.PHONE.value, phones.normalise(words))


async def lines(found: list[dict[str, Any]]) -> list[PersonLine]:
    """The rows with their phones in part."""
    registered = [row["id"] for row in found if row["is_registered"]]
    numbers = await personal.many(DatumKind.PHONE, registered)
    return [
        PersonLine(
            id=row["id"],
            name=row["name"],
            external_key=row["external_key"],
            age=row["age"],
            state=VolunteerState(row["state"]),
            organisation_id=row["organisation_id"],
            organisation_name=row["organisation_name"],
            phone=phones.masked(numbers[row["id"]]) if row["id"] in numbers else None,
            signs_in=row["signs_in"],
        )
        for row in found
    ]
