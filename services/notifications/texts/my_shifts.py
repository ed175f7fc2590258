"""What is said about the shifts that somebody holds: reminders, moves, stand-ins, friends."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

_MINE = "/mine/{about}"
_SHIFT = "/shifts/{about}"

TEXTS: Mapping[str, Text] = {
    "shift_reminder": Text(
        "提醒：{project}，{starts_at}，{place}。来的话点“我会来”；来不了请早点说，好找人补上。",
        "Coming up: {project}, {starts_at}, {place}. Tap “I'm coming”, or say soon if you can't, "
        "so that somebody else can.",
        DAY,
        page=_MINE,
    ),
    "shift_moved": Text(
        "{project}改到 {starts_at}，{place}。请在 {deadline_at} 前说一声还来不来；"
        "不回复名额会让出，没有任何影响。",
        "{project} is now on {starts_at}, {place}. Please say before {deadline_at} whether you "
        "can still come; without an answer the seat is given on, at no cost to you.",
        7 * DAY,
        Reach.TWO,
        page=_MINE,
    ),
    "shift_moved_apart": Text(
        "{project}改到 {starts_at}，和你的其他安排冲突，这个名额已取消，对你没有影响。"
        "可以看看其他班次。",
        "{project} is now on {starts_at} and clashes with another shift of yours, so this seat "
        "was called off, at no cost to you. There are other shifts to look at.",
        7 * DAY,
        Reach.TWO,
        page=_MINE,
    ),
    "shift_moved_waiting": Text(
        "你在等的{project}改到 {starts_at}，{place}。不合适可以不等了，没有任何影响。",
        "{project}, for which you wait, is now on {starts_at}, {place}. If it does not suit you, "
        "just stop waiting.",
        7 * DAY,
        page=_MINE,
    ),
    "ward_shift_moved": Text(
        "你监护的志愿者的一个班次改了时间或地点，需要你重新同意。登录睦邻“监护”即可回答。",
        "A shift of a young volunteer of yours was moved and needs your consent again. Sign in "
        "to Mulin and open “Guardian” to answer.",
        3 * DAY,
        Reach.TWO,
        page="/me/wards",
    ),
    "move_unanswered": Text(
        "{project}改期后没有收到你的回复，名额已让出，没有任何影响。想来可以再报名。",
        "We had no answer after {project} was moved, so the seat was given on, at no cost to you. "
        "You can sign up again.",
        3 * DAY,
        page=_MINE,
    ),
    "standin_sought": Text(
        "{project}（{starts_at}）有一位志愿者来不了，正在找人顶替。",
        "Somebody cannot come to {project} ({starts_at}); a stand-in is being looked for.",
        DAY,
        Reach.TWO,
        page=_SHIFT,
    ),
    "standin_found": Text(
        "{project}（{starts_at}）有人顶上了，人数没有变。",
        "Somebody steps in at {project} ({starts_at}); you are as many as before.",
        DAY,
        page=_SHIFT,
    ),
    "comes_after_all": Text(
        "{project}（{starts_at}）来不了的那位志愿者又能来了，不用再找人。",
        "Whoever could not come to {project} ({starts_at}) comes after all.",
        DAY,
        page=_SHIFT,
    ),
    "standin_wanted": Text(
        "{project}（{starts_at}）有人来不了，你能顶上吗？不方便不用理会。",
        "Somebody cannot come to {project} ({starts_at}). Could you? If not, do nothing.",
        DAY,
        page="/mine/stand-ins",
    ),
    "hand_over_taken": Text(
        "有人接了你的{project}（{starts_at}），你不用来了。谢谢你提前说。",
        "Somebody has taken your seat at {project} ({starts_at}); you need not come. Thank you "
        "for saying so.",
        3 * DAY,
        Reach.TWO,
        page=_MINE,
    ),
    "swap_proposed": Text(
        "有人想用{project}（{starts_at}）和你换班。换不换由你，不换没有任何影响。",
        "Somebody would like to swap {project} ({starts_at}) for a shift of yours. It is up to "
        "you; a no costs nothing.",
        3 * DAY,
        page=_MINE,
    ),
    "swap_accepted": Text(
        "换班成功：你的{project}（{starts_at}）已换给对方，新的班次在“我的班次”里。",
        "You have swapped: {project} ({starts_at}) is theirs now, and your new shift is under My "
        "shifts.",
        3 * DAY,
        Reach.TWO,
        page="/mine",
    ),
    "swap_declined": Text(
        "对方这次不换{project}（{starts_at}），你的班次不变。",
        "They keep their shift this time; yours, {project} ({starts_at}), stays as it is.",
        3 * DAY,
        page=_MINE,
    ),
    "buddies_claimed": Text(
        "你们几个一起报上了：{project}，{starts_at}。",
        "You are in together: {project}, {starts_at}.",
        3 * DAY,
        page=_MINE,
    ),
    "buddies_hindered": Text(
        "你们几个还没报上{project}（{starts_at}）：你这边有条件不符合，打开班次页可以看到原因。",
        "Your group has no seats at {project} ({starts_at}) yet: something stands in your way; "
        "the page of the shift says what.",
        DAY,
        page=_SHIFT,
    ),
    "series_claimed": Text(
        "已按你的固定报名报上：{project}，{starts_at}。这次来不了可以跳过。",
        "Signed up as you asked: {project}, {starts_at}. If you cannot come this time, skip it.",
        3 * DAY,
        page=_MINE,
    ),
    "series_refused": Text(
        "固定报名这次没报上：{project}，{starts_at}。原因见“我的班次—固定报名”。",
        "Your standing sign-up found no seat: {project}, {starts_at}. The reason is under My "
        "shifts, Weekly sign-up.",
        3 * DAY,
        page="/mine/series",
    ),
}
