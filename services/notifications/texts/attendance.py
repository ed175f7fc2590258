"""What is said on the day of a shift and after it."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

AFTER = "/mine/{about}/after"

TEXTS: Mapping[str, Text] = {
    "lead_named": Text(
        "请你负责班次：{project}，{starts_at}。打开“带班”即可展示签到码、看谁来了。",
        "You lead a shift: {project}, {starts_at}. “Lead the shift” shows the code to check in "
        "and who comes.",
        7 * DAY,
        page="/shifts/{about}/lead",
    ),
    "checked_in_by_lead": Text(
        "负责人已替你签到：{project}，{at}。不是你本人到场，请在“我的班次”里告诉组织者。",
        "The lead has checked you in: {project}, {at}. If you were not there, tell the organiser "
        "from “My shifts”.",
        2 * DAY,
        Reach.INBOX,
        page=AFTER,
    ),
    "shift_thanks": Text(
        "谢谢你参加 {project}！服务时间在路上了，也欢迎说说这次怎么样。",
        "Thank you for {project}! Your time is on its way; tell us how it was if you like.",
        7 * DAY,
        Reach.INBOX,
        page=AFTER,
    ),
    "check_out_forgotten": Text(
        "{project} 你没有签退，先按计划结束时间 {ends_at} 记，等负责人确认。",
        "You did not check out of {project}. The planned end, {ends_at}, stands until the lead "
        "confirms it.",
        3 * DAY,
        page=AFTER,
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
