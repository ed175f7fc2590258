"""Every page and every state of it that is looked at: its address, and who reads it.

What stands in braces is filled in by the file of the tests that makes the state. A page that is
read with GET and stands in no list here fails `test_every_page_is_looked_at`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tests.pages.scene import CLAIMER, EMPTY, ORGANISER, VOLUNTEER

# Those who live in the states of `states_of_mine` and `states_of_work`, by the name they sign in
# with.
ME, FRIEND, THIRD, NOBODY = "hexiaoman", "gunian", "shenyihe", "baizhi"
BRIEF = "tanglan"  # has an hour a week, which no shift is as short as
KEEPER, AUDITOR, SECOND = "xitong", "shenji", "jiedaozhuren"


class Screen(NamedTuple):
    """An address, and who is signed in; `press` is pressed before one looks; `step` says in the
    middle of which sign-in the browser is."""

    path: str
    who: str | None = None
    press: str = ""
    step: str = ""


FINDING: Mapping[str, Screen] = {
    "shifts": Screen("/"),
    "shifts-empty": Screen("/?day=2020-01-01"),
    "shifts-near": Screen("/?near=5", VOLUNTEER),
    "find-words": Screen("/?q=长者", VOLUNTEER),
    "find-nothing": Screen("/?q=潜水"),
    "find-you": Screen("/?view=you", VOLUNTEER),
    "find-map": Screen("/?view=map", VOLUNTEER),
    "find-map-nothing": Screen("/?view=map&day=2020-01-01"),
    "find-choices": Screen("/", VOLUNTEER, press=".sheet > summary"),
    "shift": Screen("/shifts/{sports}", VOLUNTEER),
    "shift-full": Screen("/shifts/{books}"),
    "shift-mine": Screen("/shifts/{river}", CLAIMER),
    "shift-run": Screen("/shifts/{sports}", ORGANISER),
    "claim": Screen("/shifts/{sports}/claim?role=guide", VOLUNTEER),
    "claim-waiting": Screen("/shifts/{books}/claim?wait=1", VOLUNTEER),
    "claim-approve": Screen("/shifts/{approve}/claim?role=help", NOBODY),
    "claim-draw": Screen("/shifts/{draw}/claim?role=help", NOBODY),
    "claim-refused": Screen("/shifts/{sports}/claim?role=aid", VOLUNTEER, press=".act .big"),
    "claim-clash": Screen("/shifts/{clash}/claim?role=help", ME, press=".act .big"),
}

MINE: Mapping[str, Screen] = {
    "mine": Screen("/mine", ME),
    "mine-asked": Screen("/mine?show=asked", ME),
    "mine-past": Screen("/mine?show=past", ME),
    "mine-nothing": Screen("/mine", NOBODY),
    "mine-confirmed": Screen("/mine/{confirmed}", ME),
    "mine-late": Screen("/mine/{late}", ME),
    "mine-seeking": Screen("/mine/{seeking}", FRIEND),
    "mine-moved": Screen("/mine/{moved}", ME),
    "mine-link": Screen("/mine/{linked}", ME),
    "mine-swap": Screen("/mine/{swapping}", ME),
    "mine-served": Screen("/mine/{served}", ME),
    "mine-called-off": Screen("/mine/{called_off}", ME),
    "mine-waiting": Screen("/mine/{waitlisted}", ME),
    "mine-requested": Screen("/mine/{requested}", ME),
    "mine-draw": Screen("/mine/{entered}", ME),
    "mine-offered": Screen("/mine/{offered}", ME),
    "mine-nowhere": Screen("/mine/{nothing}", ME),
    "record": Screen("/mine/record", ME),
    "record-none": Screen("/mine/record", NOBODY),
    "record-one": Screen("/mine/{served}/record", ME),
    "agreement": Screen("/shifts/{heavy}/agreement", ME),
    "shift-heavy": Screen("/shifts/{heavy}", ME),
    "claim-heavy": Screen("/shifts/{heavy}/claim?role=help", ME),
    "stand-in": Screen("/stand-in/{link}", THIRD),
    "stand-in-own": Screen("/stand-in/{link}", ME),
    "stand-in-nowhere": Screen("/stand-in/wrong", THIRD),
    "stand-ins": Screen("/mine/stand-ins", THIRD),
    "stand-ins-none": Screen("/mine/stand-ins", BRIEF),
    "mine-series": Screen("/mine/series", ME),
    "mine-series-none": Screen("/mine/series", NOBODY),
    "series-new": Screen("/shifts/{weekly}/series", THIRD),
    "mine-settings": Screen("/mine/settings", ME),
    "mine-settings-none": Screen("/mine/settings", NOBODY),
    "buddies-new": Screen("/shifts/{together}/buddies", THIRD),
    "buddies-alone": Screen("/buddies/{alone}", ME),
    "buddies-asked": Screen("/buddies/{gathering}", THIRD),
    "buddies-ready": Screen("/buddies/{gathering}", FRIEND),
    "buddies-seated": Screen("/buddies/{seated_group}", FRIEND),
    "buddies-closed": Screen("/buddies/{seated_group}", THIRD),
    "buddies-nowhere": Screen("/buddies/wrong", THIRD),
    "inbox": Screen("/inbox", VOLUNTEER),
    "inbox-asked": Screen("/inbox", ME),
    "inbox-nothing": Screen("/inbox", NOBODY),
    "notifications": Screen("/me/notifications", VOLUNTEER),
    "answer-open": Screen("/answer/{answer_open}"),
    "answer-yes": Screen("/answer/{answer_yes}"),
    "answer-no": Screen("/answer/{answer_no}"),
    "answer-expired": Screen("/answer/{answer_expired}"),
    "answer-called-off": Screen("/answer/{answer_called_off}"),
    "answer-nowhere": Screen("/answer/wrong"),
    "check-nowhere": Screen("/check/wrong", ME),
    "after-nothing": Screen("/mine/{confirmed}/after", ME),
    "reports-own": Screen("/safety-reports?mine=yes", NOBODY),
}

ORGANISING: Mapping[str, Screen] = {
    "requests": Screen("/shifts/{approve}/requests", ORGANISER),
    "requests-waiting": Screen("/shifts/{full}/requests", ORGANISER),
    "requests-none": Screen("/shifts/{sports}/requests", ORGANISER),
    "shift-move": Screen("/shifts/{sports}/move", ORGANISER),
    "disputes": Screen("/shifts/{served_shift}/disputes", ORGANISER),
    "disputes-none": Screen("/shifts/{sports}/disputes", ORGANISER),
    "lead-closed": Screen("/shifts/{sports}/lead", ORGANISER),
    "shifts-ahead": Screen("/admin/shifts", ORGANISER),
    "shifts-ahead-none": Screen("/admin/shifts", EMPTY),
    "projects": Screen("/admin/projects", ORGANISER),
    "projects-none": Screen("/admin/projects", EMPTY),
    "protection": Screen("/projects/{heavy_project}/protection", ORGANISER),
    "blocks": Screen("/admin/blocks", ORGANISER),
    "blocks-none": Screen("/admin/blocks", EMPTY),
    "block-new": Screen("/admin/blocks/new?person={person}", ORGANISER),
    "block-whom": Screen("/admin/blocks/new", ORGANISER),
    "robots": Screen("/admin/robots", ORGANISER),
    "robots-none": Screen("/admin/robots", EMPTY),
    "rounds": Screen("/rounds", ORGANISER),
    "rounds-empty": Screen("/rounds", EMPTY),
    "round-new": Screen("/rounds/new", ORGANISER),
    "round-solving": Screen("/rounds/{solving}", ORGANISER),
    "round-proposed": Screen("/rounds/{proposed}", ORGANISER),
    "standing-in": Screen("/rounds/{proposed}/roles/{role}/replacements", ORGANISER),
    "standing-in-for": Screen(
        "/rounds/{proposed}/roles/{role}/replacements?instead_of={seated}", ORGANISER
    ),
    "round-published": Screen("/rounds/{published}", ORGANISER),
    "round-stale": Screen("/rounds/{stale}", ORGANISER),
    "round-failed": Screen("/rounds/{failed}", ORGANISER),
    "round-clash": Screen("/rounds/{clash_round}", ORGANISER),
    "round-cancelled": Screen("/rounds/{cancelled}", ORGANISER),
}

ADMINISTERING: Mapping[str, Screen] = {
    "admin": Screen("/admin", ORGANISER),
    "admin-keeper": Screen("/admin", KEEPER),
    "approvals": Screen("/admin/approvals", SECOND),
    "approvals-mine": Screen("/admin/approvals?whose=mine", ORGANISER),
    "approvals-none": Screen("/admin/approvals", EMPTY),
    "roles": Screen("/admin/roles", ORGANISER),
    "role-new": Screen("/admin/roles/new?name=" + ME, ORGANISER),
    "accounts": Screen("/admin/accounts", KEEPER),
    "account-new": Screen("/admin/accounts/new", KEEPER),
    "audit": Screen("/admin/audit", AUDITOR),
    "tree": Screen("/admin/tree/{street}", ORGANISER),
    "tree-top": Screen("/admin/tree", ORGANISER),
    "tree-search": Screen("/admin/tree?text=居委", ORGANISER),
    "tree-members": Screen("/admin/tree/{street}/members", ORGANISER),
    "tree-merge": Screen("/admin/tree/{hood}/merge", ORGANISER),
    "tree-move": Screen("/admin/tree/{hood}/move", ORGANISER),
    "tree-contributions": Screen("/admin/tree/{street}/contributions", ORGANISER),
    "tags-none": Screen("/admin/tags", EMPTY),
    "tags": Screen("/admin/tags", ORGANISER),
    "tag": Screen("/admin/tags/{tag}", ORGANISER),
    "people": Screen("/admin/people", ORGANISER),
    "people-duplicates": Screen("/admin/people/duplicates", ORGANISER),
    "people-duplicates-none": Screen("/admin/people/duplicates", EMPTY),
    "person": Screen("/admin/people/{person}", ORGANISER),
    "people-merge": Screen("/admin/people/{one}/merge/{other}", ORGANISER),
    "clients": Screen("/admin/clients", KEEPER),
    "client-new": Screen("/admin/clients/new", KEEPER),
    "providers": Screen("/admin/providers", KEEPER),
    "provider-new": Screen("/admin/providers/new", KEEPER),
}

SIGNING_IN: Mapping[str, Screen] = {
    "sign-in": Screen("/sign-in"),
    "sign-in-staff": Screen("/sign-in/staff"),
    "sign-in-failed": Screen("/sign-in/failed?why=provider_away&with={provider}"),
    "sign-in-link": Screen("/sign-in/link", step="link"),
    "sign-in-code": Screen("/sign-in/step", step="code"),
    "sign-in-registration": Screen("/sign-in/step", step="registration"),
    "sign-in-registration-home": Screen("/sign-in/step?place={hood}", step="registration"),
    "sign-in-enrolment": Screen("/sign-in/step", step="enrolment"),
    "join": Screen("/join"),
    "me-documents": Screen("/me/documents", ME),
    "me-documents-none": Screen("/me/documents", NOBODY),
    "me-sessions": Screen("/me/sessions", ME),
    "me-phone": Screen("/me/phone", ME),
    "me-phone-code": Screen("/me/phone/code", ME, step="code"),
    "me-password": Screen("/me/password", ME),
}

FAILING: Mapping[str, Screen] = {
    "not-found": Screen("/nowhere"),
    "forbidden": Screen("/rounds", VOLUNTEER),
    "unavailable": Screen("/broken"),
}

DOCUMENTS: Mapping[str, Screen] = {
    "problems": Screen("/api/problems"),
    "problem": Screen("/api/problems/full"),
    "interface": Screen("/api/docs"),
    "interface-claims": Screen("/api/docs/claims"),
    "interface-open": Screen("/api/docs/tokens", press=".operation > summary"),
}

SCREENS: Mapping[str, Screen] = {
    **FINDING, **MINE, **ORGANISING, **ADMINISTERING, **SIGNING_IN, **FAILING, **DOCUMENTS,
}  # fmt: skip

# Of what is read with GET, what shows no page of its own.
NO_PAGES: Mapping[str, str] = {
    "/map/tile": "a picture",
    "/offers": "leads to the inbox",
    "/calendar/{}.ics": "a calendar",
    "/scan-worker.js": "a script",
    "/shifts/{}/lead/code": "a part of the lead's page",
    "/shifts/{}/lead/people": "a part of the lead's page",
    "/rounds/{}/progress": "a part of the round's page",
    "/rounds/{}/certificate": "a file",
    "/sign-in/with/{}": "leads to the provider",
    "/sign-in/with/{}/return": "leads into the house",
    "/me/data/download": "a file",
    "/me/wards/{}/data/download": "a file",
    "/me/skills": "leads to the profile",
    "/guardian": "leads to the wards",
}
