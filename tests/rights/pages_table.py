"""Who may see which page and press which button: one line for each, as in `table`.

A button alone, whose address nobody reads, leads back to its page; it has a line for pressing only.
"""

from collections.abc import Mapping

from services.rights import Right
from tests.rights.table import (
    ANY_ROLE,
    Asked,
    Need,
    all_of,
    anybody,
    at,
    human,
    nobody,
    one_of,
    only,
    own,
    own_or,
    person,
    somewhere,
)

R = Right


def ward(asked: Asked) -> bool:
    """The guardian of whose it is."""
    return asked.is_own_side and asked.who.ward == asked.person


def _of_a_person(base: str, need: Need, child: Need) -> dict[str, Need]:
    """The pages that a person has of their own, and a guardian of each ward."""
    return {
        f"GET {base}/profile": child,
        f"POST {base}/profile/week": child,
        f"POST {base}/profile/days": child,
        f"POST {base}/profile/days/remove": child,
        f"POST {base}/profile/likes": child,
        f"POST {base}/profile/limits": child,
        f"POST {base}/profile/home": child,
        f"POST {base}/profile/asking": child,
        f"GET {base}/consents": need,
        f"POST {base}/consents/answer": need,
        f"GET {base}/data": need,
        f"GET {base}/data/download": need,
        f"POST {base}/data/erase": need,
        f"POST {base}/data/keep": need,
    }


PAGES_TABLE: Mapping[str, Need] = {
    # Open shifts, and taking a seat. The shift that is read is a draft.
    "GET /": anybody,
    "POST /nearby": anybody,
    "POST /shifts/{shift_id}/not-for-me": person,
    "POST /shifts/{shift_id}/for-me-again": person,
    "GET /shifts/{shift_id}": at(R.SEE_WORK),
    "GET /shifts/{shift_id}/claim": person,
    "POST /shifts/{shift_id}/claims": person,
    "POST /shifts/{shift_id}/wards/{ward_id}": own,
    "POST /claims/{claim_id}/withdraw": own,
    "GET /offers": person,
    "GET /mine": person,
    "GET /inbox": person,
    "POST /offers/{offer_id}/accept": own,
    "POST /offers/{offer_id}/decline": own,
    # Planning.
    "GET /rounds": somewhere(R.SEE_WORK),
    "POST /rounds": at(R.PLAN_ROUNDS),
    "GET /rounds/new": somewhere(R.PLAN_ROUNDS),
    "GET /rounds/{round_id}": at(R.SEE_WORK),
    "GET /rounds/{round_id}/progress": at(R.SEE_WORK),
    "GET /rounds/{round_id}/certificate": at(R.PLAN_ROUNDS),
    "GET /rounds/{round_id}/roles/{role_id}/replacements": all_of(R.SEE_WORK, R.SEE_PEOPLE),
    "POST /rounds/{round_id}/solve": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/cancel": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/discard": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/publish": at(R.PLAN_ROUNDS),
    # Signing in and out.
    "GET /sign-in": anybody,
    "POST /sign-in": anybody,
    "GET /sign-in/staff": anybody,
    "POST /sign-in/staff": anybody,
    "GET /sign-in/with/{key}": nobody,  # There is no such provider.
    "GET /sign-in/with/{key}/return": nobody,
    "GET /sign-in/failed": nobody,  # It has no reason to tell.
    "GET /sign-in/link": anybody,
    "POST /sign-in/link": human,
    "GET /sign-in/step": anybody,
    "POST /sign-in/step": anybody,
    "POST /sign-in/step/again": anybody,
    "POST /sign-in/step/not-me": anybody,
    "GET /join": anybody,
    "POST /join": anybody,
    "POST /sign-out": anybody,
    "POST /language": anybody,
    # What one has oneself, and what a guardian has of a ward.
    "GET /me": human,
    **_of_a_person("/me", person, person),
    **_of_a_person("/me/wards/{ward_id}", own, ward),
    "GET /me/skills": anybody,  # It leads to the profile.
    "POST /me/skills": person,
    "GET /me/skills/new": person,
    "GET /me/skills/{skill_id}": own,
    "POST /me/skills/{skill_id}": own,
    "POST /me/skills/{skill_id}/remove": own,
    "POST /me/wards/{ward_id}/profile/skills": ward,
    "GET /me/wards/{ward_id}/profile/skills/new": ward,
    "GET /me/documents": person,
    "POST /me/documents/{need_id}": own,
    "POST /me/documents/{need_id}/close": own_or(R.REVEAL_PEOPLE),
    "GET /me/sessions": human,
    "POST /me/sessions/end-others": human,
    "POST /me/sessions/links/{identity_id}/end": only("ada"),
    "POST /me/sessions/{session_id}/end": only("ada"),
    "GET /me/phone": human,
    "POST /me/phone": human,
    "GET /me/phone/code": human,
    "POST /me/phone/code": human,
    "GET /me/password": human,
    "POST /me/password": human,
    # Guardians and wards.
    "GET /me/wards": human,
    "GET /guardian": anybody,  # It leads to the wards.
    "POST /guardian/code": human,
    "POST /guardian/tie": human,
    "POST /guardian/ties/{guardianship_id}/end": one_of(only("guardian"), at(R.VERIFY_GUARDIANS)),
    "POST /guardian/check": human,
    "POST /guardian/checks/{check_id}/withdraw": only("guardian"),
    "POST /guardian/children": human,
    "POST /guardian/answers/{consent_id}": only("guardian"),
    "POST /guardian/shifts/{shift_id}/ask": person,
    # The administration.
    "GET /admin": somewhere(
        R.SEE_PEOPLE, R.SEE_TOTALS, R.EDIT_TREE, R.SEE_ROLES, R.SEE_AUDIT, R.SEE_WORK
    ),
    "GET /admin/approvals": somewhere(*ANY_ROLE),
    "POST /admin/approvals/{approval_id}/approve": at(R.APPROVE_ROLES),
    "POST /admin/approvals/{approval_id}/refuse": at(R.APPROVE_ROLES),
    "POST /admin/approvals/{approval_id}/withdraw": nobody,  # Only who asked for it.
    "GET /admin/roles": somewhere(R.SEE_ROLES, R.MANAGE_ACCOUNTS),
    "GET /admin/roles/new": somewhere(R.GRANT_ROLES),
    "POST /admin/roles/new": at(R.GRANT_ROLES),
    "POST /admin/roles/{grant_id}/end": at(R.GRANT_ROLES),
    "GET /admin/accounts": somewhere(R.SEE_ROLES, R.MANAGE_ACCOUNTS),
    "GET /admin/accounts/new": somewhere(R.GRANT_ROLES, R.MANAGE_ACCOUNTS),
    "POST /admin/accounts/new": somewhere(R.GRANT_ROLES, R.MANAGE_ACCOUNTS),
    "POST /admin/accounts/{account_id}/invite": nobody,  # The chief has come already.
    "GET /admin/audit": somewhere(R.SEE_AUDIT),
    "GET /admin/guardians": somewhere(R.VERIFY_GUARDIANS),
    "POST /admin/guardians/checks/{check_id}": at(R.VERIFY_GUARDIANS),
    "POST /admin/guardians/{guardianship_id}": at(R.VERIFY_GUARDIANS),
    "GET /admin/skills": somewhere(R.VERIFY_SKILLS),
    "GET /admin/skills/{skill_id}": at(R.VERIFY_SKILLS),
    "POST /admin/skills/{skill_id}/confirm": at(R.VERIFY_SKILLS),
    "POST /admin/skills/{skill_id}/refuse": at(R.VERIFY_SKILLS),
    "GET /admin/tree": somewhere(R.SEE_TREE),
    "GET /admin/tree/{organisation_id}": at(R.SEE_TREE),
    "POST /admin/tree/{organisation_id}/children": at(R.EDIT_TREE),
    "POST /admin/tree/{organisation_id}/edit": at(R.EDIT_TREE),
    "GET /admin/tree/{organisation_id}/move": at(R.EDIT_TREE),
    "POST /admin/tree/{organisation_id}/move": at(R.EDIT_TREE),
    "GET /admin/tree/{organisation_id}/merge": at(R.EDIT_TREE),
    "POST /admin/tree/{organisation_id}/merge": at(R.EDIT_TREE),
    "POST /admin/tree/{organisation_id}/close": at(R.EDIT_TREE),
    "GET /admin/tree/{organisation_id}/members": at(R.SEE_PEOPLE),
    "GET /admin/tree/{organisation_id}/contributions": at(R.SEE_TOTALS),
    "POST /admin/memberships/{membership_id}/accept": at(R.REGISTER_PEOPLE),
    "POST /admin/memberships/{membership_id}/refuse": at(R.REGISTER_PEOPLE),
    "GET /admin/tags": somewhere(R.SEE_PEOPLE),
    "POST /admin/tags": at(R.DEFINE_TAGS),
    "GET /admin/tags/{tag_id}": at(R.SEE_PEOPLE),
    "POST /admin/tags/{tag_id}": at(R.DEFINE_TAGS),
    "POST /admin/tags/{tag_id}/retire": at(R.DEFINE_TAGS),
    "POST /admin/tags/{tag_id}/grants": at(R.DEFINE_TAGS),
    "POST /admin/tags/{tag_id}/grants/{organisation_id}/withdraw": at(R.DEFINE_TAGS),
    "POST /admin/tags/{tag_id}/people": at(R.ASSIGN_TAGS),
    "POST /admin/tags/{tag_id}/people/{volunteer_id}/remove": at(R.ASSIGN_TAGS),
    "POST /admin/tags/{tag_id}/imports/{import_id}/store": nobody,  # There is no import.
    "GET /admin/people": somewhere(R.SEE_PEOPLE),
    "POST /admin/people": somewhere(R.SEE_PEOPLE),
    "GET /admin/people/duplicates": somewhere(R.MERGE_PEOPLE),
    "GET /admin/people/{volunteer_id}": at(R.SEE_PEOPLE),
    "POST /admin/people/{volunteer_id}/reveal": at(R.REVEAL_PEOPLE),
    "POST /admin/people/{volunteer_id}/reveal-request": at(R.REVEAL_PEOPLE),
    "POST /admin/people/{volunteer_id}/document": at(R.REVEAL_PEOPLE),
    "POST /admin/documents/{need_id}/close": own_or(R.REVEAL_PEOPLE),
    "GET /admin/people/{one_id}/merge/{other_id}": at(R.MERGE_PEOPLE),
    "POST /admin/people/{one_id}/merge/{other_id}": at(R.MERGE_PEOPLE),
    "POST /admin/people/{one_id}/distinct/{other_id}": at(R.MERGE_PEOPLE),
    "GET /admin/clients": somewhere(R.MANAGE_CLIENTS),
    "GET /admin/clients/new": somewhere(R.MANAGE_CLIENTS),
    "POST /admin/clients/new": at(R.MANAGE_CLIENTS),
    "POST /admin/clients/{client_id}/secret": at(R.MANAGE_CLIENTS),
    "POST /admin/clients/{client_id}/revoke": at(R.MANAGE_CLIENTS),
    "GET /admin/providers": somewhere(R.MANAGE_PROVIDERS),
    "GET /admin/providers/new": somewhere(R.MANAGE_PROVIDERS),
    "POST /admin/providers/new": at(R.MANAGE_PROVIDERS),
    "POST /admin/providers/{provider_id}/secret": at(R.MANAGE_PROVIDERS),
    "POST /admin/providers/{provider_id}/activate": at(R.MANAGE_PROVIDERS),
    "POST /admin/providers/{provider_id}/deactivate": at(R.MANAGE_PROVIDERS),
}
# What an address names where it is not what the name usually means.
NAMED: Mapping[str, Mapping[str, str]] = {
    "POST /shifts/{shift_id}/claims": {"shift_id": "project 2"},
    "GET /shifts/{shift_id}/claim": {"shift_id": "project 2"},
    "POST /shifts/{shift_id}/not-for-me": {"shift_id": "project 2"},
    "POST /shifts/{shift_id}/wards/{ward_id}": {"shift_id": "project 2"},
    "POST /guardian/answers/{consent_id}": {"consent_id": "kid may come"},
    "POST /guardian/shifts/{shift_id}/ask": {"shift_id": "project 2"},
    "GET /admin/skills/{skill_id}": {"skill_id": "first aid of ben"},
    "POST /admin/skills/{skill_id}/confirm": {"skill_id": "first aid of ben"},
    "POST /admin/skills/{skill_id}/refuse": {"skill_id": "first aid of ben"},
    # What becomes of a node is for those above it.
    "GET /admin/tree/{organisation_id}/move": {"organisation_id": "hood"},
    "POST /admin/tree/{organisation_id}/move": {"organisation_id": "hood"},
    "GET /admin/tree/{organisation_id}/merge": {"organisation_id": "hood"},
    "POST /admin/tree/{organisation_id}/merge": {"organisation_id": "hood"},
    "POST /admin/tree/{organisation_id}/close": {"organisation_id": "team"},
    "POST /admin/tags/{tag_id}/grants/{organisation_id}/withdraw": {"organisation_id": "hood"},
}
