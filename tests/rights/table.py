"""Who may do what over the interface: one line for each operation.

Each line says what is asked of whoever asks; `test_matrix` works out from `services.rights` who
that is, and asks as everybody. A new operation without a line here fails the suite.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.rights import Right
from tests.rights.actors import Who

R = Right


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, with which rights, and whose thing it is about."""

    who: Who
    is_own_side: bool
    person: str

    @property
    def rights(self) -> frozenset[Right]:
        """What the asker's role or scope holds at its node."""
        return self.who.rights

    @property
    def acts_for_person(self) -> bool:
        """The thing is their own or their ward's."""
        return self.is_own_side and self.person in (self.who.person, self.who.ward)

    def may(self, *any_of: Right) -> bool:
        """They have one of these rights at the thing's node."""
        return self.is_own_side and bool(self.rights.intersection(any_of))


Need = Callable[[Asked], bool]


def anybody(asked: Asked) -> bool:
    return True


def account(asked: Asked) -> bool:
    """Whoever is signed in, a program too: it is about themselves."""
    return not asked.who.is_visitor


def human(asked: Asked) -> bool:
    """Whoever is signed in and is no program."""
    return account(asked) and not asked.who.is_machine


def person(asked: Asked) -> bool:
    """Whoever is a volunteer: it is about themselves, whatever is named."""
    return asked.who.person is not None


def own(asked: Asked) -> bool:
    """The person whose it is, or their guardian."""
    return asked.acts_for_person


def at(*any_of: Right) -> Need:
    """Whoever has one of these rights where the thing is."""
    return lambda asked: asked.may(*any_of)


def all_of(*every: Right) -> Need:
    """Whoever has all of these rights where the thing is."""
    return lambda asked: all(asked.may(each) for each in every)


def own_or(*any_of: Right) -> Need:
    """The same, and the person whose it is."""
    return lambda asked: asked.acts_for_person or asked.may(*any_of)


def somewhere(*any_of: Right) -> Need:
    """Whoever has one of these rights anywhere: a list shows each what is theirs."""
    return lambda asked: bool(asked.rights.intersection(any_of))


def only(name: str) -> Need:
    """This account alone, whose it is."""
    return lambda asked: asked.is_own_side and asked.who.name == name


def has_seat(asked: Asked) -> bool:
    """Those who have a seat on the shift, or answer for somebody who has."""
    return asked.is_own_side and bool({"ada", "kid"} & {asked.who.person, asked.who.ward})


def nobody(asked: Asked) -> bool:
    """What is named here is there for nobody who asks."""
    return False


def oneself(asked: Asked) -> bool:
    """The person whose it is, and no guardian: nobody is named beside them."""
    return asked.is_own_side and asked.who.person == asked.person


def one_of(*needs: Need) -> Need:
    return lambda asked: any(need(asked) for need in needs)


ANY_ROLE = (R.SEE_TREE,)
TABLE: Mapping[str, Need] = {
    # Signing in.
    "POST /sign-in-codes": anybody,
    "POST /phone-sessions": anybody,
    "POST /sign-in-choices": anybody,
    "POST /birth-date-proofs": anybody,
    "POST /password-proofs": anybody,
    "POST /sign-in-denials": anybody,
    "POST /registrations": anybody,
    "POST /sessions": anybody,
    "POST /authenticator-proofs": anybody,
    "POST /authenticators": anybody,
    # What one has oneself.
    "GET /sessions": account,
    "GET /sessions/current": account,
    "DELETE /sessions/current": account,
    "DELETE /sessions/others": account,
    "DELETE /sessions/{session_id}": only("ada"),
    "POST /phone-change-codes": human,
    "PUT /account/phone": human,
    "PUT /account/password": human,
    "GET /identities": account,
    "DELETE /identities/{identity_id}": only("ada"),
    # The tree.
    "GET /organisations": account,
    "POST /organisations": at(R.EDIT_TREE),
    "GET /organisations/{organisation_id}": one_of(
        at(*ANY_ROLE), lambda asked: asked.is_own_side and not asked.who.is_visitor
    ),
    "PUT /organisations/{organisation_id}": at(R.EDIT_TREE),
    "POST /organisations/{organisation_id}/move": at(R.EDIT_TREE),
    "GET /organisations/{organisation_id}/merger": at(R.EDIT_TREE),
    "POST /organisations/{organisation_id}/merge": at(R.EDIT_TREE),
    "POST /organisations/{organisation_id}/close": at(R.EDIT_TREE),
    "GET /organisations/{organisation_id}/events": at(R.SEE_TREE),
    "GET /organisations/{organisation_id}/totals": at(R.SEE_TOTALS),
    "GET /organisations/{organisation_id}/contributions": at(R.SEE_TOTALS),
    "GET /organisations/{organisation_id}/members": at(R.SEE_PEOPLE),
    # People.
    "GET /volunteers": somewhere(R.SEE_PEOPLE),
    "POST /volunteers": at(R.REGISTER_PEOPLE),
    "GET /volunteers/{volunteer_id}": own_or(R.SEE_PEOPLE),
    "PUT /volunteers/{volunteer_id}": own_or(R.REGISTER_PEOPLE),
    "GET /volunteers/{volunteer_id}/points": own_or(R.SEE_PEOPLE),
    "GET /volunteers/{volunteer_id}/memberships": own_or(R.SEE_PEOPLE),
    "POST /volunteers/{volunteer_id}/memberships": own_or(R.REGISTER_PEOPLE),
    "GET /volunteers/{volunteer_id}/served": own_or(R.SEE_PEOPLE),
    "GET /volunteers/{volunteer_id}/tags": own_or(R.SEE_PEOPLE),
    "GET /volunteers/{volunteer_id}/skills": own_or(R.SEE_PEOPLE),
    "GET /volunteers/{volunteer_id}/data": own,
    "POST /people/search": somewhere(R.SEE_PEOPLE),
    "POST /volunteers/{volunteer_id}/reveal": at(R.REVEAL_PEOPLE),
    "POST /volunteers/{volunteer_id}/reveal-requests": at(R.REVEAL_PEOPLE),
    "GET /duplicates": somewhere(R.MERGE_PEOPLE),
    "GET /volunteers/{one_id}/comparison/{other_id}": at(R.MERGE_PEOPLE),
    "POST /distinct-pairs": at(R.MERGE_PEOPLE),
    "POST /merges": at(R.MERGE_PEOPLE),
    "GET /volunteers/{volunteer_id}/document-needs": own_or(R.REVEAL_PEOPLE),
    "POST /volunteers/{volunteer_id}/document-needs": at(R.REVEAL_PEOPLE),
    "GET /document-needs/{need_id}": own_or(R.REVEAL_PEOPLE),
    "POST /document-needs/{need_id}/answer": own,
    "POST /document-needs/{need_id}/close": own_or(R.REVEAL_PEOPLE),
    "GET /memberships/{membership_id}": one_of(only("ada"), at(R.SEE_PEOPLE)),
    "POST /memberships/{membership_id}/accept": at(R.REGISTER_PEOPLE),
    "POST /memberships/{membership_id}/refuse": at(R.REGISTER_PEOPLE),
    "POST /memberships/{membership_id}/end": one_of(only("ada"), at(R.REGISTER_PEOPLE)),
    # Tags.
    "GET /tags": somewhere(R.SEE_PEOPLE),
    "POST /tags": at(R.DEFINE_TAGS),
    "GET /tags/{tag_id}": at(R.SEE_PEOPLE),
    "PUT /tags/{tag_id}": at(R.DEFINE_TAGS),
    "POST /tags/{tag_id}/retire": at(R.DEFINE_TAGS),
    "GET /tags/{tag_id}/grants": at(R.DEFINE_TAGS),
    "POST /tags/{tag_id}/grants": at(R.DEFINE_TAGS),
    "DELETE /tags/{tag_id}/grants/{organisation_id}": at(R.DEFINE_TAGS),
    "GET /tags/{tag_id}/people": at(R.SEE_PEOPLE),
    "POST /tags/{tag_id}/people": at(R.ASSIGN_TAGS),
    "DELETE /tags/{tag_id}/people/{volunteer_id}": at(R.ASSIGN_TAGS),
    # Projects, shifts and seats. The project and shift named here are drafts.
    "GET /projects": anybody,
    "POST /projects": at(R.RUN_WORK),
    "GET /projects/{project_id}": at(R.SEE_WORK),
    "PUT /projects/{project_id}": at(R.RUN_WORK),
    "POST /projects/{project_id}/publish": at(R.RUN_WORK),
    "GET /shifts": anybody,
    "POST /shifts": at(R.RUN_WORK),
    "GET /shifts/best": person,
    "POST /shifts/search": anybody,
    "GET /recommendations": person,
    "POST /recommendations/{shift_id}/decline": person,
    "POST /recommendations/{shift_id}/take-back": person,
    "GET /shifts/{shift_id}": at(R.SEE_WORK),
    "PUT /shifts/{shift_id}": at(R.RUN_WORK),
    "POST /shifts/{shift_id}/call-off": at(R.RUN_WORK),
    "GET /shifts/{shift_id}/claims": at(R.SEE_CLAIMS),
    "POST /shifts/{shift_id}/claims": person,
    "GET /claims": person,
    "GET /claims/{claim_id}": own_or(R.SEE_CLAIMS),
    "POST /claims/{claim_id}/withdraw": own,
    # What people do with the shifts they hold. A hand-over by a link is there for its code alone.
    "GET /my-shifts": person,
    "GET /my-shifts/{claim_id}": own,
    "POST /claims/{claim_id}/confirm": own,
    "POST /claims/{claim_id}/cannot-come": own,
    "POST /claims/{claim_id}/come-after-all": own,
    "POST /claims/{claim_id}/hand-overs": own,
    "GET /hand-overs": person,
    "GET /hand-overs/{hand_over_id}": own,
    "POST /hand-overs/{hand_over_id}/withdraw": own,
    "POST /hand-overs/{hand_over_id}/take": nobody,
    "POST /hand-overs/{hand_over_id}/swaps": nobody,
    "POST /hand-overs/{hand_over_id}/accept": nobody,
    "POST /hand-overs/{hand_over_id}/decline": nobody,
    "POST /shifts/{shift_id}/buddy-groups": person,
    "GET /buddy-groups": person,
    "GET /buddy-groups/{buddy_group_id}": own,
    "POST /buddy-groups/{buddy_group_id}/join": oneself,
    "POST /buddy-groups/{buddy_group_id}/leave": oneself,
    "POST /buddy-groups/{buddy_group_id}/claim": own,
    "POST /series": person,
    "GET /series": person,
    "GET /series/{series_id}": own,
    "POST /series/{series_id}/end": own,
    "POST /series/{series_id}/skip": own,
    "POST /series/{series_id}/come": own,
    "GET /calendar-feed": person,
    "POST /calendar-feed": person,
    "DELETE /calendar-feed": person,
    "GET /reminder-setting": person,
    "PUT /reminder-setting": person,
    "POST /shifts/{shift_id}/move": at(R.RUN_WORK),
    "POST /claims/{claim_id}/approve": all_of(R.RUN_WORK, R.SEE_CLAIMS),
    "POST /claims/{claim_id}/refuse": all_of(R.RUN_WORK, R.SEE_CLAIMS),
    "GET /shifts/{shift_id}/draw": account,
    "GET /blocks": somewhere(R.SEE_CLAIMS),
    "POST /blocks": at(R.RUN_WORK),
    "GET /blocks/{block_id}": at(R.SEE_CLAIMS),
    "DELETE /blocks/{block_id}": at(R.RUN_WORK),
    "GET /projects/{project_id}/policies": at(R.SEE_WORK),
    "POST /projects/{project_id}/policies": at(R.RUN_WORK),
    "GET /projects/{project_id}/agreement": at(R.SEE_WORK),
    "PUT /projects/{project_id}/agreement": at(R.RUN_WORK),
    "GET /shifts/{shift_id}/agreement": at(R.SEE_WORK),
    "POST /shifts/{shift_id}/agreement/signature": person,
    "GET /policies/{policy_id}": at(R.SEE_WORK),
    "DELETE /policies/{policy_id}": at(R.RUN_WORK),
    "GET /seats-at-risk": somewhere(R.SEE_CLAIMS),
    # Coming and going, and what is said afterwards. Nobody was named to lead the draft.
    "GET /shifts/{shift_id}/leads": at(R.LEAD_SHIFTS),
    "POST /shifts/{shift_id}/leads": at(R.RUN_WORK),
    "DELETE /shifts/{shift_id}/leads/{lead_id}": at(R.RUN_WORK),
    "GET /shifts/{shift_id}/check-code": at(R.LEAD_SHIFTS),
    "GET /shifts/{shift_id}/attendance": at(R.LEAD_SHIFTS),
    "POST /shifts/{shift_id}/geofence": at(R.LEAD_SHIFTS),
    "POST /scans": account,
    "GET /claims/{claim_id}/attendance": own_or(R.LEAD_SHIFTS),
    "POST /claims/{claim_id}/digits": own,
    "POST /claims/{claim_id}/by-hand": at(R.LEAD_SHIFTS),
    "POST /claims/{claim_id}/confirm-end": at(R.LEAD_SHIFTS),
    "POST /claims/{claim_id}/absence": at(R.LEAD_SHIFTS),
    "POST /claims/{claim_id}/objection": own,
    "POST /claims/{claim_id}/objection/decision": all_of(R.LEAD_SHIFTS, R.RUN_WORK),
    "GET /my-record": person,
    "GET /my-record/totals": person,
    "GET /my-record/{claim_id}": own,
    "POST /claims/{claim_id}/disputes": own,
    "GET /disputes/{dispute_id}": own_or(R.RUN_WORK),
    "GET /shifts/{shift_id}/disputes": at(R.RUN_WORK),
    "POST /disputes/{dispute_id}/decision": at(R.RUN_WORK),
    "POST /claims/{claim_id}/evaluation": own_or(R.LEAD_SHIFTS),
    "GET /claims/{claim_id}/evaluations": own_or(R.LEAD_SHIFTS),
    "GET /shifts/{shift_id}/evaluations": at(R.SEE_CLAIMS),
    "POST /shifts/{shift_id}/safety-reports": has_seat,
    "GET /safety-reports": somewhere(R.READ_SAFETY_REPORTS),
    "GET /safety-reports/{report_id}": one_of(only("ada"), at(R.READ_SAFETY_REPORTS)),
    "POST /safety-reports/{report_id}/take": at(R.READ_SAFETY_REPORTS),
    "POST /safety-reports/{report_id}/close": at(R.READ_SAFETY_REPORTS),
    # Rounds and what they offer.
    "GET /rounds": somewhere(R.SEE_WORK),
    "POST /rounds": at(R.PLAN_ROUNDS),
    "GET /rounds/{round_id}": at(R.SEE_WORK),
    "GET /rounds/{round_id}/plan": at(R.SEE_WORK),
    "GET /rounds/{round_id}/plan/certificate": at(R.PLAN_ROUNDS),
    "GET /rounds/{round_id}/roles/{role_id}/replacements": all_of(R.SEE_WORK, R.SEE_PEOPLE),
    "GET /rounds/{round_id}/roles/{role_id}/why-not/{volunteer_id}": all_of(
        R.SEE_WORK, R.SEE_PEOPLE
    ),
    "POST /rounds/{round_id}/solve": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/cancel": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/discard": at(R.PLAN_ROUNDS),
    "POST /rounds/{round_id}/publish": at(R.PLAN_ROUNDS),
    "GET /offers": person,
    "GET /offers/{offer_id}": own,
    "POST /offers/{offer_id}/accept": own,
    "POST /offers/{offer_id}/decline": own,
    # What one was told, and how.
    "GET /notifications": account,
    "GET /notifications/unread": account,
    "POST /notifications/open": account,
    "GET /notifications/{notification_id}": own,
    "POST /notifications/{notification_id}/open": own,
    "GET /notification-choice": account,
    "PUT /notification-choice": account,
    "POST /email-code": human,
    "PUT /email": human,
    "DELETE /email": human,
    "POST /wechat-code": person,
    "DELETE /wechat": person,
    "GET /estimates": person,
    "GET /group-robots": somewhere(R.RUN_WORK),
    "POST /group-robots": at(R.RUN_WORK),
    "GET /group-robots/{robot_id}": at(R.RUN_WORK),
    "POST /group-robots/{robot_id}/test": at(R.RUN_WORK),
    "DELETE /group-robots/{robot_id}": at(R.RUN_WORK),
    # Points.
    "POST /points-transfers": at(R.AWARD_POINTS),
    "POST /points-transfers/{transfer_id}/reverse": at(R.AWARD_POINTS),
    # One's own profile and skills.
    "GET /me": person,
    "GET /me/profile": person,
    "PUT /me/profile": person,
    "GET /me/availability": person,
    "PUT /me/availability": person,
    "GET /me/skills": person,
    "POST /me/skills": person,
    "GET /me/skills/{skill_id}": own,
    "PUT /me/skills/{skill_id}": own,
    "DELETE /me/skills/{skill_id}": own,
    "GET /skill-rules": anybody,
    "GET /skills": somewhere(R.VERIFY_SKILLS),
    "GET /skills/{skill_id}": at(R.VERIFY_SKILLS),
    "POST /skills/{skill_id}/confirm": at(R.VERIFY_SKILLS),
    "POST /skills/{skill_id}/refuse": at(R.VERIFY_SKILLS),
    # Consent, guardians, export, erasure.
    "GET /consent-questions": person,
    "GET /consent-wordings": anybody,
    "GET /consents": person,
    "POST /consents": person,
    "GET /consents/{consent_id}": own,
    "POST /consents/{consent_id}/withdraw": own,
    "GET /disclosures": person,
    "POST /guardian-codes": human,
    "GET /guardianships": account,
    "POST /guardianships": account,
    "GET /guardianships/{guardianship_id}": one_of(only("guardian"), at(R.VERIFY_GUARDIANS)),
    "POST /guardianships/{guardianship_id}/decide": at(R.VERIFY_GUARDIANS),
    "POST /guardianships/{guardianship_id}/end": one_of(only("guardian"), at(R.VERIFY_GUARDIANS)),
    "GET /guardian-checks": account,
    "POST /guardian-checks": human,
    "GET /guardian-checks/{check_id}": one_of(only("guardian"), at(R.VERIFY_GUARDIANS)),
    "POST /guardian-checks/{check_id}/decide": at(R.VERIFY_GUARDIANS),
    "POST /guardian-checks/{check_id}/withdraw": only("guardian"),
    "POST /wards": account,
    "GET /activity-consents": account,
    "POST /activity-consents": nobody,  # no shift is named
    "GET /activity-consents/{consent_id}": only("guardian"),
    "POST /activity-consents/{consent_id}/answer": only("guardian"),
    "POST /activity-consents/{consent_id}/withdraw": only("guardian"),
    "GET /erasures": account,
    "POST /erasures": human,
    "GET /erasures/{erasure_id}": only("ben"),
    "POST /erasures/{erasure_id}/withdraw": only("ben"),
    "GET /retention-preview": somewhere(R.RUN_RETENTION),
    "GET /retention-runs": somewhere(R.RUN_RETENTION),
    "POST /retention-runs": somewhere(R.RUN_RETENTION),
    "GET /retention-runs/{run_id}": nobody,  # the run was over all cities
    # Imports, and everything of the administration.
    "POST /imports": at(R.REGISTER_PEOPLE),
    "GET /imports": somewhere(R.REGISTER_PEOPLE, R.ASSIGN_TAGS),
    "GET /imports/{import_id}": nobody,  # there is no import
    "POST /imports/{import_id}/apply": nobody,
    "GET /clients": somewhere(R.MANAGE_CLIENTS),
    "POST /clients": at(R.MANAGE_CLIENTS),
    "GET /clients/{client_id}": at(R.MANAGE_CLIENTS),
    "POST /clients/{client_id}/secret": at(R.MANAGE_CLIENTS),
    "POST /clients/{client_id}/revoke": at(R.MANAGE_CLIENTS),
    "GET /providers": somewhere(R.MANAGE_PROVIDERS),
    "POST /providers": at(R.MANAGE_PROVIDERS),
    "GET /providers/{provider_id}": at(R.MANAGE_PROVIDERS),
    "PUT /providers/{provider_id}/secret": at(R.MANAGE_PROVIDERS),
    "POST /providers/{provider_id}/activate": at(R.MANAGE_PROVIDERS),
    "POST /providers/{provider_id}/deactivate": at(R.MANAGE_PROVIDERS),
    "GET /accounts": somewhere(R.SEE_ROLES, R.MANAGE_ACCOUNTS),
    "GET /accounts/{account_id}": at(R.SEE_ROLES),
    "POST /accounts": somewhere(R.GRANT_ROLES, R.MANAGE_ACCOUNTS),
    "POST /accounts/{account_id}/invitation": nobody,  # the chief has come already
    "POST /role-grants": at(R.GRANT_ROLES),
    "DELETE /role-grants/{grant_id}": at(R.GRANT_ROLES),
    "GET /approvals": account,
    "GET /approvals/{approval_id}": one_of(only("ben"), at(R.GRANT_ROLES, R.APPROVE_ROLES)),
    "POST /approvals/{approval_id}/approve": at(R.APPROVE_ROLES),
    "POST /approvals/{approval_id}/refuse": at(R.APPROVE_ROLES),
    "POST /approvals/{approval_id}/withdraw": nobody,  # only who asked for it
    "GET /audit-lines": somewhere(R.SEE_AUDIT),
    "GET /audit-chain": somewhere(R.SEE_AUDIT),
    "GET /health/live": anybody,
    "GET /health/ready": anybody,
}
# What an operation's path names where it is not what the name usually means.
NAMED: Mapping[str, Mapping[str, str]] = {
    "GET /activity-consents/{consent_id}": {"consent_id": "kid may come"},
    "POST /activity-consents/{consent_id}/answer": {"consent_id": "kid may come"},
    "POST /activity-consents/{consent_id}/withdraw": {"consent_id": "kid may come"},
    "POST /shifts/{shift_id}/claims": {"shift_id": "project 2"},
    "POST /shifts/{shift_id}/agreement/signature": {"shift_id": "project 2"},
    "POST /shifts/{shift_id}/buddy-groups": {"shift_id": "project 2"},
    "GET /shifts/{shift_id}/draw": {"shift_id": "project 1"},
    "POST /shifts/{shift_id}/safety-reports": {"shift_id": "project 1"},
    "POST /recommendations/{shift_id}/decline": {"shift_id": "project 2"},
    "GET /skills/{skill_id}": {"skill_id": "first aid of ben"},
    "POST /skills/{skill_id}/confirm": {"skill_id": "first aid of ben"},
    "POST /skills/{skill_id}/refuse": {"skill_id": "first aid of ben"},
    # What becomes of a node is for those above it.
    "GET /organisations/{organisation_id}/merger": {"organisation_id": "hood"},
    "POST /organisations/{organisation_id}/close": {"organisation_id": "team"},
    "POST /organisations/{organisation_id}/move": {"organisation_id": "hood"},
    "POST /organisations/{organisation_id}/merge": {"organisation_id": "hood"},
    "DELETE /tags/{tag_id}/grants/{organisation_id}": {"organisation_id": "hood"},
}
