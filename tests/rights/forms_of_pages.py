"""What the forms of the pages send: well made, about the target's things.

`@street` is the id of that thing, `#tomorrow` that day.
"""

from collections.abc import Mapping
from datetime import timedelta

from services import clock
from tests.rights.asking import Target

Form = Mapping[str, str]
REASON = {"reason": "It is better so."}
MERGED: Form = {"other_id": "@team", **REASON}
IN_NODE: Form = {"organisation_id": "@street"}

FORMS: Mapping[str, Form] = {
    "POST /shifts/{shift_id}/claims": {"role": "helper", "version": "1"},
    "POST /shifts/{shift_id}/agreement": {"version": "1", "agrees": "yes"},
    "POST /shifts/{shift_id}/requests/{claim_id}": {"decision": "yes"},
    "POST /shifts/{shift_id}/wards/{ward_id}": {"role": "helper", "version": "1"},
    "POST /rounds": {
        **IN_NODE,
        "first_day": "#tomorrow",
        "last_day": "#tomorrow",
        "seconds_max": "20",
    },
    "POST /mine/series/{series_id}/skip": {"day": "2026-12-03"},
    "POST /mine/series/{series_id}/come": {"day": "2026-12-03"},
    "POST /mine/{claim_id}/record": {"text": "I was never there."},
    "POST /shifts/{shift_id}/disputes/{dispute_id}": {"outcome": "stands", "answer": "You were."},
    "POST /mine/settings/reminders": {"lead": "60"},
    "POST /mine/{claim_id}/hand-over": {"to": "link"},
    "POST /stand-in/{code}/swap": {"claim": "@confirmed ada", "version": "1"},
    "POST /shifts/{shift_id}/buddies": {"size": "2", "version": "1"},
    "POST /shifts/{shift_id}/series": {"version": "1"},
    "POST /mine/{claim_id}/check-in": {"way": "in", "digits": "123456"},
    "POST /mine/{claim_id}/evaluation": {"stars": "4"},
    "POST /mine/{claim_id}/objection": {"text": "I was there."},
    "POST /check/{code}": {"way": "in"},
    "POST /shifts/{shift_id}/lead/people/{claim_id}": {"act": "in"},
    "POST /shifts/{shift_id}/lead/leads": {"account_name": "?account of ben"},
    "POST /shifts/{shift_id}/lead/geofence": {"metres": "200"},
    "POST /shifts/{shift_id}/report": {"kind": "accident", "text": "Somebody fell."},
    "POST /safety-reports/{report_id}/close": {"text": "We spoke to everybody."},
    "POST /sign-in": {"phone": "13912345678"},
    "POST /me/notifications": {"channel": "sms", "language": "zh"},
    "POST /me/notifications/email": {"address": "ada@example.org", "code": "123456"},
    "POST /me/notifications/email/code": {"address": "ada@example.org"},
    "POST /me/profile/asking": {"purpose": "matching", "answer": "yes"},
    "POST /me/wards/{ward_id}/profile/asking": {"purpose": "matching", "answer": "yes"},
    "POST /me/consents/answer": {"purpose": "matching", "answer": "no"},
    "POST /me/wards/{ward_id}/consents/answer": {"purpose": "matching", "answer": "no"},
    "POST /me/skills": {"skill": "Chess", "level": "3"},
    "POST /me/wards/{ward_id}/profile/skills": {"skill": "Chess", "level": "3"},
    "POST /me/skills/{skill_id}": {"level": "2"},
    "POST /me/documents/{need_id}": {"kind": "passport", "number": "E12345678"},
    "POST /guardian/tie": {"tie": "ABCDE-FGHJK", "relation": "mother"},
    "POST /guardian/check": IN_NODE,
    "POST /guardian/answers/{consent_id}": {"answer": "no", "version": "1"},
    "POST /projects/{project_id}/protection/risk": {"is_dangerous": "no"},
    "POST /projects/{project_id}/protection/policies": {
        "insurer": "PICC",
        "number": "P-9",
        "first_day": "#tomorrow",
        "last_day": "#tomorrow",
    },
    "POST /projects/{project_id}/protection/agreement": {"text": "We look after each other."},
    "POST /admin/blocks": {
        **IN_NODE,
        "person": "@ada",
        "last_day": "#tomorrow",
        "reason": "To try it",
    },
    "POST /admin/blocks/new": {"q": "Lin"},
    "POST /admin/robots": {
        **IN_NODE,
        "name": "New",
        "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdefgh-1234",
    },
    "POST /admin/roles/new": {"name": "?account of ben", "role": "shift_lead", **IN_NODE, **REASON},
    "POST /admin/accounts/new": {"name": "new.colleague", "display_name": "Lin"},
    "POST /admin/guardians/checks/{check_id}": {"decision": "no"},
    "POST /admin/guardians/{guardianship_id}": {"decision": "no"},
    "POST /admin/skills/{skill_id}/refuse": REASON,
    "POST /admin/tree/{organisation_id}/children": {"kind": "neighbourhood", "name": "New"},
    "POST /admin/tree/{organisation_id}/edit": {"name": "New", **REASON},
    "POST /admin/tree/{organisation_id}/move": MERGED,
    "POST /admin/tree/{organisation_id}/merge": MERGED,
    "POST /admin/tree/{organisation_id}/close": REASON,
    "POST /admin/tags": {**IN_NODE, "name": "New", "meaning": "What it says"},
    "POST /admin/tags/{tag_id}": {"name": "New", "meaning": "What it says"},
    "POST /admin/tags/{tag_id}/grants": {"organisation_id": "@team"},
    "POST /admin/tags/{tag_id}/people": {"people": "Lin Xiao"},
    "POST /admin/people": {"q": "Lin"},
    "POST /admin/people/{volunteer_id}/reveal": {"fields": "phone", "purpose": "contact"},
    "POST /admin/people/{volunteer_id}/reveal-request": {"purpose": "contact"},
    "POST /admin/people/{volunteer_id}/document": {"purpose": "insurance", "recipient": "insurer"},
    "POST /admin/people/{one_id}/merge/{other_id}": {
        "kept_id": "@ada",
        "reason": "They told me that they are one.",
    },
    "POST /admin/clients/new": {
        **IN_NODE,
        "name": "New",
        "scopes": "work:read",
        "purpose": "to try it",
    },
    "POST /admin/providers/new": {
        **IN_NODE,
        "key": "new-school",
        "title": "New",
        "issuer": "http://127.0.0.1:9",
        "client_id": "mulin",
        "client_secret": "s" * 40,
    },
    "POST /admin/providers/{provider_id}/secret": {"client_secret": "s" * 40},
}
# The node stands in the form alone: of one that is not theirs the form says that there is none.
NAMES_A_NODE = {
    "POST /rounds",
    "POST /admin/roles/new",
    "POST /admin/tags",
    "POST /admin/blocks",
    "POST /admin/robots",
    "POST /admin/clients/new",
    "POST /admin/providers/new",
}


def form_for(row: str, target: Target) -> dict[str, str]:
    """The form of this button, about the target's things."""
    return {name: _said(text, target) for name, text in FORMS.get(row, {}).items()}


def _said(text: str, target: Target) -> str:
    if text == "#tomorrow":
        return (clock.now() + timedelta(days=1)).date().isoformat()
    if text.startswith("@"):
        return str(target.id(text[1:]))
    if text.startswith("?"):
        wanted = target.id(text[1:])
        [line] = [each for each in target.side.lines if each.id == wanted]
        return line.row["name"].strip("'")
    return text
