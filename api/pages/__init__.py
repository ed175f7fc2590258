"""The pages: what a person reads and presses."""

from starlette.routing import BaseRoute, Mount

from api.pages import (
    admin,
    approvals,
    audit,
    joining,
    me,
    offers,
    openid,
    own_sessions,
    own_skills,
    profile,
    roles,
    round_form,
    rounds,
    shifts,
    signing,
    signing_steps,
    skills,
)
from api.pages.addresses import SMALLER, at
from api.pages.errors import error_page
from api.pages.rendering import STATIC_FOLDER
from api.pages.static import VersionedFiles

__all__ = ["error_page", "routes"]

routes: list[BaseRoute] = [
    at("/", read=shifts.show_open),
    at("/shifts/{shift_id:uuid}", read=shifts.show_shift),
    at("/shifts/{shift_id:uuid}/claims", press=shifts.claim),
    at("/claims/{claim_id:uuid}/withdraw", press=offers.withdraw),
    at("/offers", read=offers.show_mine),
    at("/offers/{offer_id:uuid}/accept", press=offers.accept),
    at("/offers/{offer_id:uuid}/decline", press=offers.decline),
    at("/rounds", read=rounds.show_list, press=round_form.ask),
    at("/rounds/new", read=round_form.show_form),
    at("/rounds/{round_id:uuid}", read=rounds.show_round),
    at("/rounds/{round_id:uuid}/progress", read=rounds.show_progress),
    at("/rounds/{round_id:uuid}/solve", press=rounds.solve),
    at("/rounds/{round_id:uuid}/cancel", press=rounds.cancel),
    at("/rounds/{round_id:uuid}/discard", press=rounds.discard),
    at("/rounds/{round_id:uuid}/publish", press=rounds.publish),
    at("/sign-in", read=signing.show_sign_in, press=signing.ask_code),
    at("/sign-in/staff", read=signing.show_staff, press=signing.sign_in),
    at("/sign-in/with/{key}", read=openid.go),
    at("/sign-in/with/{key}/return", read=openid.come_back),
    at("/sign-in/failed", read=openid.show_failed),
    at("/sign-in/link", read=openid.show_link, press=openid.link),
    at("/sign-in/step", read=signing_steps.show_step, press=signing_steps.answer_step),
    at("/sign-in/step/again", press=signing_steps.send_again),
    at("/sign-in/step/not-me", press=signing_steps.deny),
    at("/me", read=me.show),
    *(
        route
        for base in ("/me", "/me/wards/{ward_id:uuid}")
        for route in (
            at(f"{base}/profile", read=profile.show),
            at(f"{base}/profile/week", press=profile.save_week),
            at(f"{base}/profile/days", press=profile.add_days),
            at(f"{base}/profile/days/remove", press=profile.remove_days),
            at(f"{base}/profile/likes", press=profile.save_likes),
            at(f"{base}/profile/limits", press=profile.save_limits),
            at(f"{base}/profile/home", press=profile.save_home),
            at(f"{base}/profile/asking", press=profile.answer),
        )
    ),
    at("/me/skills", read=own_skills.lead_to_list, press=own_skills.declare),
    at("/me/skills/new", read=own_skills.show_new),
    at("/me/skills/{skill_id:uuid}", read=own_skills.show_one, press=own_skills.change),
    at("/me/skills/{skill_id:uuid}/remove", press=own_skills.remove),
    at("/me/wards/{ward_id:uuid}/profile/skills", press=own_skills.declare),
    at("/me/wards/{ward_id:uuid}/profile/skills/new", read=own_skills.show_new),
    at("/me/sessions", read=own_sessions.show_sessions),
    at("/me/sessions/end-others", press=own_sessions.end_others),
    at("/me/sessions/{session_id:uuid}/end", press=own_sessions.end_session),
    at("/me/phone", read=own_sessions.show_phone, press=own_sessions.ask_phone_code),
    at("/me/phone/code", read=own_sessions.show_phone_code, press=own_sessions.change_phone),
    at("/me/password", read=own_sessions.show_password, press=own_sessions.change_password),
    at("/sign-out", press=signing.sign_out, is_repeatable=True),
    at("/language", press=signing.choose_language, is_repeatable=True),
    at("/admin", read=admin.show_hub),
    at("/admin/approvals", read=approvals.show_list),
    at("/admin/approvals/{approval_id:uuid}/approve", press=approvals.approve),
    at("/admin/approvals/{approval_id:uuid}/refuse", press=approvals.refuse),
    at("/admin/approvals/{approval_id:uuid}/withdraw", press=approvals.withdraw),
    at("/admin/roles", read=roles.show_list),
    at("/admin/roles/new", read=roles.show_new, press=roles.ask),
    at("/admin/roles/{grant_id:uuid}/end", press=roles.end),
    at("/admin/accounts", read=roles.show_list),
    at("/admin/accounts/new", read=roles.show_new_account, press=roles.make_account),
    at("/admin/accounts/{account_id:uuid}/invite", press=roles.invite),
    at("/admin/audit", read=audit.show_lines),
    at("/join", read=joining.show, press=joining.join),
    at("/admin/skills", read=skills.show_list),
    at("/admin/skills/{skill_id:uuid}", read=skills.show_one),
    at("/admin/skills/{skill_id:uuid}/confirm", press=skills.confirm),
    at("/admin/skills/{skill_id:uuid}/refuse", press=skills.refuse),
    Mount("/static", VersionedFiles(directory=STATIC_FOLDER), middleware=SMALLER),
]
