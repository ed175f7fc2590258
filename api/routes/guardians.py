"""Guardians, the children they register, and their answers to single shifts."""

from typing import Literal
from uuid import UUID

from api.layer.operations import Call, Operations, Words
from api.routes.volunteers import today
from services import activity_consents, guardians, wards
from services.activity_consents import ActivityConsent, ActivityConsentIn, AnswerIn
from services.guardian_types import GuardianCode, GuardianDecision, Guardianship, GuardianshipIn
from services.paging import Page, PageQuery
from services.wards import (
    GuardianCheck,
    GuardianCheckDecision,
    GuardianCheckIn,
    WardIn,
)

operations = Operations("guardians", Words("监护", "Guardians"))


class WaitingQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own, or, for those who look at papers, everything in their subtree that waits."""

    of: Literal["mine", "waiting"] = "mine"


def _page(query: WaitingQuery) -> PageQuery:
    return PageQuery(limit=query.limit, after=query.after)


@operations(
    "POST",
    "/guardian-codes",
    Words("生成绑定码", "Make a code for the other side"),
    status=201,
    refuses=("people_only",),
)
async def create_guardian_code(call: Call) -> GuardianCode:
    """A code to be typed by the minor or the guardian within half an hour; good once."""
    return await guardians.make_code(call.actor, call.now)


@operations(
    "GET", "/guardianships", Words("监护关系", "List guardianships"), refuses=("right_missing",)
)
async def list_guardianships(call: Call, query: WaitingQuery) -> Page[Guardianship]:
    """One's own, on either side; `of=waiting`: those whose papers are to be looked at."""
    listed = guardians.list_waiting if query.of == "waiting" else guardians.list_mine
    return await listed(call.actor, _page(query))


@operations(
    "POST",
    "/guardianships",
    Words("绑定监护人", "Tie a minor and a guardian"),
    status=201,
    location="/guardianships/{id}",
    refuses=("guardian_code_wrong", "nobody_is_a_minor", "two_minors", "listed_twice"),
)
async def create_guardianship(call: Call, body: GuardianshipIn) -> Guardianship:
    """By the code that the other side made. It counts once somebody has seen the papers."""
    return await guardians.ask(call.actor, body, call.now)


@operations("GET", "/guardianships/{guardianship_id}", Words("读取监护关系", "Read a guardianship"))
async def read_guardianship(call: Call, guardianship_id: UUID) -> Guardianship:
    """For both sides, and for those who look at papers there."""
    return await guardians.get(call.actor, guardianship_id)


@operations(
    "POST",
    "/guardianships/{guardianship_id}/decide",
    Words("核验监护关系", "Decide over a guardianship"),
    refuses=("right_missing", "own_request", "paper_missing", "state_change_refused"),
)
async def decide_guardianship(
    call: Call, guardianship_id: UUID, body: GuardianDecision
) -> Guardianship:
    """Says which paper was seen, or that it does not show it. Both sides are told."""
    return await guardians.decide(call.actor, guardianship_id, body, call.now)


@operations(
    "POST",
    "/guardianships/{guardianship_id}/end",
    Words("解除监护关系", "End a guardianship"),
    refuses=("right_missing", "last_guardian"),
)
async def end_guardianship(call: Call, guardianship_id: UUID) -> Guardianship:
    """By either side, or by those who look at papers there. Again: nothing changes."""
    return await guardians.end(call.actor, guardianship_id, call.now)


@operations(
    "GET",
    "/guardian-checks",
    Words("监护人核验申请", "List requests to be checked"),
    refuses=("right_missing",),
)
async def list_guardian_checks(call: Call, query: WaitingQuery) -> Page[GuardianCheck]:
    """One's own; `of=waiting`: those that wait in the subtree."""
    listed = wards.list_waiting_checks if query.of == "waiting" else wards.list_own_checks
    return await listed(call.actor, _page(query))


@operations(
    "POST",
    "/guardian-checks",
    Words("申请核验", "Ask to be checked"),
    status=201,
    location="/guardian-checks/{id}",
    refuses=("people_only", "check_waits"),
)
async def create_guardian_check(call: Call, body: GuardianCheckIn) -> GuardianCheck:
    """Asks a community or school to see one's papers, before registering a child below 14."""
    return await wards.ask_check(call.actor, body, call.now)


@operations("GET", "/guardian-checks/{check_id}", Words("读取核验申请", "Read such a request"))
async def read_guardian_check(call: Call, check_id: UUID) -> GuardianCheck:
    """For whoever asked, and for those who look at papers there."""
    return await wards.get_check(call.actor, check_id)


@operations(
    "POST",
    "/guardian-checks/{check_id}/decide",
    Words("核验监护人", "Decide over such a request"),
    refuses=("right_missing", "own_request", "paper_missing", "state_change_refused"),
)
async def decide_guardian_check(
    call: Call, check_id: UUID, body: GuardianCheckDecision
) -> GuardianCheck:
    """Says which paper was seen, and how many children below 14 it names."""
    return await wards.decide_check(call.actor, check_id, body, call.now)


@operations(
    "POST",
    "/guardian-checks/{check_id}/withdraw",
    Words("撤回申请", "Take the request back"),
    refuses=("right_missing",),
)
async def withdraw_guardian_check(call: Call, check_id: UUID) -> GuardianCheck:
    """While nobody has looked at it; afterwards nothing changes."""
    return await wards.withdraw_check(call.actor, check_id, call.now)


@operations(
    "POST",
    "/wards",
    Words("登记未满 14 周岁的孩子", "Register a child below 14"),
    status=201,
    location="/guardianships/{id}",
    refuses=("guardian_not_checked", "registers_themself", "consent_text_changed"),
)
async def create_ward(call: Call, body: WardIn) -> Guardianship:
    """By the checked guardian alone, with a yes to the children's own notice."""
    return await wards.register(call.actor, body, call.now, today=today(call))


@operations("GET", "/activity-consents", Words("班次的监护人同意", "List consents to shifts"))
async def list_activity_consents(call: Call, query: PageQuery) -> Page[ActivityConsent]:
    """Questions about oneself and one's wards, those of the latest shifts first."""
    return await activity_consents.list_mine(call.actor, query)


@operations(
    "POST",
    "/activity-consents",
    Words("请监护人同意", "Ask a guardian, or agree"),
    status=201,
    location="/activity-consents/{id}",
    refuses=(
        *("volunteers_only", "no_consent_needed", "no_guardian", "guardian_said_no"),
        *("ended", "called_off", "risks_reworded"),
    ),
)
async def create_activity_consent(call: Call, body: ActivityConsentIn) -> ActivityConsent:
    """Asks the guardians of a minor, who are told. A guardian who names the version of the risks
    that they read has agreed with it."""
    return await activity_consents.ask(call.actor, body, call.now)


@operations(
    "GET", "/activity-consents/{consent_id}", Words("读取监护人同意", "Read such a consent")
)
async def read_activity_consent(call: Call, consent_id: UUID) -> ActivityConsent:
    """With the risks as they are worded now."""
    return await activity_consents.get(call.actor, consent_id)


@operations(
    "POST",
    "/activity-consents/{consent_id}/answer",
    Words("监护人回答", "Answer as the guardian"),
    refuses=("guardian_answers", "risks_reworded", "already_started"),
)
async def answer_activity_consent(call: Call, consent_id: UUID, body: AnswerIn) -> ActivityConsent:
    """Yes or no to the risks of that version. A no gives a seat that is held back at once."""
    return await activity_consents.answer(call.actor, consent_id, body, call.now)


@operations(
    "POST",
    "/activity-consents/{consent_id}/withdraw",
    Words("监护人撤回同意", "Take the yes back"),
    refuses=("guardian_answers", "already_started", "risks_reworded"),
)
async def withdraw_activity_consent(call: Call, consent_id: UUID) -> ActivityConsent:
    """The seat is given back with it. Again: nothing changes."""
    return await activity_consents.withdraw(call.actor, consent_id, call.now)
