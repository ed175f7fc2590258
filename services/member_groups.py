"""Groups as a list: the team memberships that an edit or an import writes anew."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from models.core import MembershipKind, new_id
from services.database import rows

LIVE = "NOT m.is_requested AND m.starts_on <= {day} AND coalesce(m.ends_on, 'infinity') >= {day}"
"""A membership `m` that counts on a day, which is given as it stands in the statement."""

_UNWANTED = """
    m.volunteer_id = ANY($1::uuid[]) AND m.organisation_id = ANY($2::uuid[]) AND m.kind = 'team'
    AND NOT EXISTS (SELECT 1 FROM unnest($3::uuid[], $4::uuid[]) AS wanted(volunteer_id, node)
        WHERE wanted.volunteer_id = m.volunteer_id AND wanted.node = m.organisation_id)
"""
_MISSING = f"""
    NOT EXISTS (SELECT 1 FROM membership m WHERE m.volunteer_id = wanted.volunteer_id
        AND m.organisation_id = wanted.node AND m.kind = ANY($3::text[])
        AND {LIVE.format(day="$4")})
"""


async def put_into_groups(
    wanted: Mapping[UUID, Collection[UUID]],
    within: Collection[UUID],
    today: date,
    *,
    kinds: Collection[MembershipKind] = tuple(MembershipKind),
) -> None:
    """Let each person be in these groups from today. Outside of `within` nothing is touched.

    Team memberships that are not wanted end yesterday; memberships of other kinds stay. Who
    belongs to a group already, in one of `kinds`, is not put into it twice.
    """
    pairs = [(person, node) for person, nodes in wanted.items() for node in nodes]
    people, nodes = [person for person, _ in pairs], [node for _, node in pairs]
    unwanted = list(wanted), list(within), people, nodes
    await rows(
        f"DELETE FROM membership m WHERE {_UNWANTED} AND NOT m.is_requested AND m.starts_on = $5",
        *unwanted,
        today,
    )
    await rows(
        f"UPDATE membership m SET ends_on = $5::date - 1 WHERE {_UNWANTED} "
        f"AND {LIVE.format(day='$5::date')}",
        *unwanted,
        today,
    )
    await _add(people, nodes, [kind.value for kind in kinds], today)


async def _add(people: list[UUID], nodes: list[UUID], kinds: list[str], today: date) -> None:
    # What was asked for, or was to begin later, begins now.
    await rows(
        "UPDATE membership later SET starts_on = $4, is_requested = false "
        "FROM unnest($1::uuid[], $2::uuid[]) AS wanted(volunteer_id, node) "
        "WHERE later.volunteer_id = wanted.volunteer_id AND later.organisation_id = wanted.node "
        f"AND later.kind = 'team' AND (later.is_requested OR later.starts_on > $4) AND {_MISSING}",
        people,
        nodes,
        kinds,
        today,
    )
    await rows(
        "INSERT INTO membership (id, created_at, volunteer_id, organisation_id, kind, number, "
        "starts_on, is_requested) SELECT wanted.id, now(), wanted.volunteer_id, wanted.node, "
        "'team', '', $4, false FROM unnest($1::uuid[], $2::uuid[], $5::uuid[]) "
        f"AS wanted(volunteer_id, node, id) WHERE {_MISSING}",
        people,
        nodes,
        kinds,
        today,
        [new_id() for _ in people],
    )
