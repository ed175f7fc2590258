"""What is said about claims: the organiser's answer, a draw, a seat that is free."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

MINE = "/mine/{about}"

TEXTS: Mapping[str, Text] = {
    "claim_approved": Text(
        "组织者同意你参加了：{project}，{starts_at}。到时见！",
        "The organiser has taken you: {project}, {starts_at}. See you there!",
        3 * DAY,
        page=MINE,
    ),
    "claimed_by_guardian": Text(
        "监护人替你报了名：{project}，{starts_at}。不想去，可以在班次页面取消，没有任何影响。",
        "Your guardian has signed you up: {project}, {starts_at}. If you would rather not go, give "
        "it back on its page, at no cost.",
        3 * DAY,
        page=MINE,
    ),
    "claim_refused": Text(
        "这次没能安排你参加：{project}，{starts_at}。没有任何影响，也欢迎看看其他班次。",
        "It did not work out this time: {project}, {starts_at}. Nothing else changes; "
        "there are other shifts.",
        3 * DAY,
        page="/",
    ),
    "claim_refused_because": Text(
        "这次没能安排你参加：{project}，{starts_at}。组织者说：{reason}。没有任何影响。",
        "It did not work out this time: {project}, {starts_at}. The organiser says: {reason}. "
        "Nothing else changes.",
        3 * DAY,
        page="/",
    ),
    "draw_seat": Text(
        "抽签结果：你有名额了！{project}，{starts_at}。",
        "The draw gave you a seat: {project}, {starts_at}.",
        3 * DAY,
        page=MINE,
    ),
    "draw_waits": Text(
        "抽签结果：这次没抽中，已为你排进候补：{project}，{starts_at}。有空位会按顺序问你。",
        "The draw gave you no seat this time; you are on the waiting list: {project}, "
        "{starts_at}. You are asked in turn when a seat is free.",
        3 * DAY,
        page=MINE,
    ),
    "agreement_to_sign": Text(
        "{project}（{starts_at}）的志愿服务协议有更新，请在班次开始前读一遍并签名，签名后才能签到。"
        "名额仍为你保留。",
        "The agreement for {project} ({starts_at}) was written anew. Please read and sign it "
        "before the shift; you check in with it. Your seat stays yours.",
        7 * DAY,
        Reach.TWO,
        page="/shifts/{about}/agreement",
    ),
    "adult_missing": Text(
        "{project}（{starts_at}）有未成年志愿者，但在场的成年人不够了。请尽快补上一位成年人。",
        "There are minors on {project} ({starts_at}) and too few grown-ups with them. Please see "
        "that a grown-up joins them.",
        DAY,
        Reach.TWO,
        page="/shifts/{about}",
    ),
    "claims_blocked": Text(
        "“{organisation}”在 {until} 前不接受你的报名，原因：{reason}。已有的名额不受影响；"
        "如有异议，请联系该组织。",
        "{organisation} takes no claims of yours until {until}, because: {reason}. Seats that you "
        "have are not touched; if this is wrong, please speak to them.",
        7 * DAY,
    ),
    "claims_unblocked": Text(
        "“{organisation}”重新接受你的报名了。",
        "{organisation} takes your claims again.",
        7 * DAY,
        page="/",
    ),
    "seat_to_give": Text(
        "有空位了，有人在候补，等你选：{project}，{starts_at}。",
        "A seat is free and somebody waits; it is yours to give: {project}, {starts_at}.",
        DAY,
        page="/shifts/{about}/requests",
    ),
    "seat_free": Text(
        "有空位了，先到先得：{project}，{starts_at}。想去就现在报名。",
        "A seat is free, first come, first served: {project}, {starts_at}. "
        "If you want it, claim it now.",
        90,
        Reach.TWO,
        page="/shifts/{about}",
    ),
}
