"""Who may decide a dispute: an organiser whose hand is in none of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.database import rows
from services.scope import as_system

# Whoever led the shift, entered or changed anything of the stay, or is its person or a guardian.
_HANDS = """
    SELECT unnest(ARRAY[in_by, out_by, confirmed_by, corrected_by]) AS id FROM attendance
        WHERE claim_id = $1
    UNION SELECT unnest(ARRAY[in_by, out_by, confirmed_by, corrected_by]) FROM attendance_version
        WHERE claim_id = $1
    UNION SELECT marked_by FROM absence WHERE claim_id = $1
    UNION SELECT account_id FROM shift_lead WHERE shift_id = $2
    UNION SELECT guardian_id FROM guardianship WHERE ward_id = $3 AND state = 'verified'
"""
_ORGANISERS = """
    SELECT g.account_id, (SELECT count(*) FROM organisation_closure d
        WHERE d.descendant_id = u.ancestor_id) AS depth
    FROM organisation_closure u JOIN role_grant g ON g.organisation_id = u.ancestor_id
        AND g.role = 'organiser' AND g.ended_at IS NULL
        AND (g.ends_at IS NULL OR g.ends_at > now())
        JOIN account a ON a.id = g.account_id AND a.state = 'active'
    WHERE u.descendant_id = $1 ORDER BY depth DESC, g.account_id
"""


@as_system
async def hands_in(row: Mapping[str, Any]) -> frozenset[UUID]:
    """The accounts that may not decide about this stay, whatever roles they hold."""
    found = await rows(_HANDS, row["claim_id"], row["shift_id"], row["volunteer_id"])
    return frozenset({each["id"] for each in found if each["id"]} | set(row["own_accounts"]))


@as_system
async def deciders_of(row: Mapping[str, Any]) -> list[UUID]:
    """The organisers nearest to the project who may decide.

    Where nobody may, the nearest of all, who then have to find somebody.
    """
    everybody = await rows(_ORGANISERS, row["organisation_id"])
    hands = await hands_in(row)
    free = [each for each in everybody if each["account_id"] not in hands] or everybody
    return [each["account_id"] for each in free if each["depth"] == free[0]["depth"]]
