"""What is said on the day of a shift and after it."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

AFTER, RECORD = "/mine/{about}/after", "/mine/{about}/record"

TEXTS: Mapping[str, Text] = {
    "lead_named": Text(
        "请你负责班次：{project}，{starts_at}。打开“带班”即可展示签到码、看谁来了。",
        "You lead a shift: {project}, {starts_at}. “Lead the shift” shows the code to check in "
        "and who comes.",
        7 * DAY,
        page="/shifts/{about}/lead",
    ),
    "checked_in_by_lead": Text(
        "负责人替你签到了：{project}，{at}。你没到场或时间不对，可在 {until} 前申请更正。",
        "The lead has checked you in: {project}, {at}. If you were not there or the time is wrong, "
        "dispute it before {until}.",
        7 * DAY,
        page=RECORD,
    ),
    "checked_out_by_lead": Text(
        "负责人替你签退了：{project}，{at}。时间不对，可在 {until} 前申请更正。",
        "The lead has checked you out: {project}, {at}. If the time is wrong, dispute it before "
        "{until}.",
        7 * DAY,
        page=RECORD,
    ),
    "checked_in_by_guardian": Text(
        "监护人替你签到了：{project}，{at}。不对的话，可在 {until} 前申请更正。",
        "A guardian has checked you in: {project}, {at}. If that is wrong, dispute it before "
        "{until}.",
        7 * DAY,
        page=RECORD,
    ),
    "checked_out_by_guardian": Text(
        "监护人替你签退了：{project}，{at}。不对的话，可在 {until} 前申请更正。",
        "A guardian has checked you out: {project}, {at}. If that is wrong, dispute it before "
        "{until}.",
        7 * DAY,
        page=RECORD,
    ),
    "stay_confirmed_by_lead": Text(
        "负责人确认了你的离开时间：{project}，{at}。不对的话，可在 {until} 前申请更正。",
        "The lead has confirmed when you left: {project}, {at}. If that is wrong, dispute it "
        "before {until}.",
        7 * DAY,
        page=RECORD,
    ),
    "stay_entered_by_organiser": Text(
        "组织者按计划时间为你记了服务：{project}。不对的话，可在 {until} 前申请更正。",
        "The organiser has noted the planned time as your service: {project}. If that is wrong, "
        "dispute it before {until}.",
        7 * DAY,
        page=RECORD,
    ),
    "ward_stay_entered": Text(
        "有人为你监护的孩子记了或改了服务时间：{project}。不对的话，可在 {until} 前申请更正。",
        "Somebody has noted or changed the time of a child you answer for: {project}. If that is "
        "wrong, dispute it before {until}.",
        7 * DAY,
        page=RECORD,
    ),
    "dispute_made": Text(
        "{project}（{starts_at}）有人申请更正服务记录，请在 {due_at} 前处理。"
        "带班或记过这条的人不能处理，请由同事来。",
        "Somebody disputes a record of {project} ({starts_at}); please answer before {due_at}. "
        "Whoever led the shift or entered it leaves that to a colleague.",
        7 * DAY,
        page="/shifts/{about}/disputes",
    ),
    "dispute_overdue": Text(
        "{project}（{starts_at}）的更正申请已过答复期限 {due_at}，请尽快处理。",
        "A dispute about {project} ({starts_at}) was due at {due_at}; please answer it now.",
        7 * DAY,
        page="/shifts/{about}/disputes",
    ),
    "dispute_rejected": Text(
        "你对 {project}（{starts_at}）的更正申请有答复了：维持原记录。理由见“我的记录”。",
        "Your dispute about {project} ({starts_at}) has been answered: the record stands. The "
        "reason is in your record.",
        7 * DAY,
        page=RECORD,
    ),
    "dispute_upheld": Text(
        "你对 {project}（{starts_at}）的更正申请已采纳，记录已改。"
        "还不对，可在 {until} 前再次申请。",
        "Your dispute about {project} ({starts_at}) was upheld and the record changed. If it is "
        "still wrong, dispute it again before {until}.",
        7 * DAY,
        page=RECORD,
    ),
    "shift_thanks": Text(
        "谢谢你参加 {project}！服务时间在路上了，也欢迎说说这次怎么样。",
        "Thank you for {project}! Your time is on its way; tell us how it was if you like.",
        7 * DAY,
        Reach.INBOX,
        page=AFTER,
    ),
    "check_out_forgotten": Text(
        "{project} 你没有签退，先按计划结束时间 {ends_at} 记，等负责人确认。"
        "不对的话，可在 {until} 前申请更正。",
        "You did not check out of {project}. The planned end, {ends_at}, stands until the lead "
        "confirms it. If that is wrong, dispute it before {until}.",
        3 * DAY,
        page=RECORD,
    ),
    "absence_marked": Text(
        "{project}（{starts_at}）你被标记为未到。标错了或有原因，请在 {object_until} 前提出异议；"
        "只有你和组织者看得到。",
        "You were marked as absent from {project} ({starts_at}). If that is wrong or you had a "
        "reason, object before {object_until}; only you and the organisers see it.",
        2 * DAY,
        page=AFTER,
    ),
    "objection_made": Text(
        "{project}（{starts_at}）有人对“未到”提出异议，请处理。",
        "Somebody objects to being marked as absent from {project} ({starts_at}); please decide.",
        7 * DAY,
        page="/shifts/{about}/lead",
    ),
    "objection_decided": Text(
        "{project}（{starts_at}）你的异议已处理，结果见“我的班次”。",
        "Your objection about {project} ({starts_at}) has been decided; see “My shifts”.",
        7 * DAY,
        page=AFTER,
    ),
    "safety_report_new": Text(
        "有一份新的安全报告等待受理。",
        "A new safety report waits for somebody to look after it.",
        7 * DAY,
        page="/safety-reports/{about}",
    ),
    # It does not say of what: the phone may lie where others read it.
    "safety_report_moved": Text(
        "你在睦邻提交的一件事有了进展，请登录查看。",
        "There is news about something you sent us; please sign in to read it.",
        7 * DAY,
        page="/safety-reports/{about}",
    ),
}
