"""Transactions, and the one place where the database's own refusals get their codes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from services.errors import Conflict

CODES: Mapping[str, str] = {
    "account_name_key": "name_taken",
    "account_one_per_volunteer": "has_account",
    "block_once": "blocked_already",
    "claim_insured": "insurance",
    "insurance_policy_once": "policy_number_taken",
    "series_one_of_a_time": "series_already",
    "shift_drawn_in_time": "draw_out_of_time",
    "shift_opens_in_time": "opens_too_late",
    "buddy_group_not_overfull": "buddies_full",
    "claim_minor_agreed": "guardian_consent_missing",
    "claim_signed": "agreement_missing",
    "approval_decided_once": "approval_decided",
    "claim_one_live_per_shift": "already_claimed",
    "claim_one_place_at_a_time": "overlap",
    "claim_starts_qualified": "claim_start_unqualified",
    "claim_state_listed": "state_change_refused",
    "dispute_one_open": "disputed_already",
    "dispute_state_listed": "state_change_refused",
    "hand_over_one_open": "hand_over_already",
    "hand_over_one_swap": "hand_over_already",
    "organisation_code_key": "code_taken",
    "organisation_credit_code_key": "credit_code_taken",
    "identity_provider_key_key": "key_taken",
    "organisation_no_cycle": "organisation_cycle",
    "membership_once": "member_already",
    "membership_one_home": "has_home",
    "organisation_one_name_at_the_top": "name_taken",
    "agreement_once": "changed_meanwhile",
    "project_heavy_risk_is_dangerous": "heavy_risk_is_dangerous",
    "points_account_append_only": "append_only",
    "points_transfer_append_only": "append_only",
    "points_transfer_key_key": "key_reused",
    "points_transfer_reversal_mirrors": "reversal_differs",
    "points_transfer_reverses_id_key": "already_reversed",
    "project_published_with_risk_statement": "risk_statement_missing",
    "role_grant_approved": "second_person_needed",
    "shift_lead_once": "lead_already",
    "role_grant_ended_once": "role_ended",
    "role_grant_once": "already_held",
    "role_grant_three_apart": "three_apart",
    "role_never_overfilled": "full",
    "role_seats": "seats_out_of_order",
    "round_state_listed": "state_change_refused",
    "uid_organisatio_parent__a7ceaf": "name_taken",
    "uid_project_organis_289c44": "key_taken",
    "uid_role_shift_i_5f4e81": "role_key_taken",
    "uid_shift_project_0678d5": "key_taken",
    "uid_tag_organis_247a60": "tag_name_taken",
    "uid_volunteer_organis_d3d75a": "key_taken",
}
"""What a broken constraint means to the person who asked."""

CODES_BY_CLASS: Mapping[str, str] = {
    "23502": "out_of_bounds",
    "23503": "reference_broken",
    "23505": "listed_twice",
    "23514": "out_of_bounds",
    "23P01": "overlap",
}
"""What is said of a constraint that has no words of its own, by PostgreSQL's error class."""


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All of it or nothing. Inside another transaction it is a part that can fail by itself.

    Raises Conflict, with the code of the constraint, where the database refuses.
    """
    try:
        async with in_transaction():
            yield
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: IntegrityError) -> Conflict:
    """The refusal that a constraint's violation means."""
    cause = error.__cause__
    name = getattr(cause, "constraint_name", None) or ""
    sqlstate = getattr(cause, "sqlstate", None) or ""
    return Conflict(CODES.get(name) or CODES_BY_CLASS.get(sqlstate, "out_of_bounds"))
