"""What is said about offers. They say so in each: a no costs nothing."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

TEXTS: Mapping[str, Text] = {
    "offer_round": Text(
        "有个班次想请你来：{project}，{starts_at}，{place}。请在 {deadline_at} 前回复，"
        "不方便就谢绝，没有任何影响。",
        "There is a shift for you: {project}, {starts_at}, {place}. Please answer before "
        "{deadline_at}; a no costs nothing.",
        7 * DAY,
        answers=True,
    ),
    "offer_waitlist": Text(
        "候补到你了：{project}，{starts_at}，{place}。名额为你保留到 {deadline_at}，"
        "不接受也没有任何影响。",
        "A seat is free for you: {project}, {starts_at}, {place}. It is kept for you until "
        "{deadline_at}; a no costs nothing.",
        DAY,
        Reach.TWO,
        answers=True,
    ),
    "offer_call_up": Text(
        "紧急召集：{project}，{starts_at}，{place}。请在 {deadline_at} 前回复能不能来，"
        "不能来没有任何影响。",
        "Urgent: {project}, {starts_at}, {place}. Please say before {deadline_at} whether you "
        "can come; a no costs nothing.",
        DAY,
        Reach.CHAIN,
        answers=True,
    ),
    "offer_invitation": Text(
        "组织者点名邀请你：{project}，{starts_at}，{place}。请在 {deadline_at} 前回复，"
        "不方便就谢绝，没有任何影响。",
        "The organiser asks for you: {project}, {starts_at}, {place}. Please answer before "
        "{deadline_at}; a no costs nothing.",
        7 * DAY,
        answers=True,
    ),
    "answer_flagged": Text(
        "{person}对“{project}”邀约的短信回复没看懂：“{text}”。请联系本人确认。",
        "{person} answered the offer for {project} in words we could not read: “{text}”. Please "
        "ask them.",
        3 * DAY,
        Reach.INBOX,
    ),
    "answer_unread": Text(
        "没看懂你的回复。接受请回 1，谢绝请回 2，或打开消息里的链接。",
        "We could not read your answer. Reply 1 to accept or 2 to decline, or open the link.",
        60,
    ),
    "answer_accepted": Text(
        "已为你确认：{project}，{starts_at}，{place}。",
        "You are in: {project}, {starts_at}, {place}.",
        DAY,
    ),
    "answer_declined": Text(
        "已谢绝 {project}（{starts_at}），没有任何影响。谢谢你回复。",
        "You declined {project} ({starts_at}). It costs nothing; thank you for answering.",
        DAY,
    ),
    "answer_too_late": Text(
        "{project}（{starts_at}）的邀约已经结束，这次不用来了，对你没有影响。",
        "The offer for {project} ({starts_at}) is over; you need not come, and it costs nothing.",
        DAY,
    ),
    "answer_refused": Text(
        "{project}（{starts_at}）这次没能确认，原因见睦邻“消息”。",
        "We could not confirm {project} ({starts_at}); see your inbox in Mulin for the reason.",
        DAY,
    ),
}
