"""What is said about skills."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Text

TEXTS: Mapping[str, Text] = {
    "skill_confirmed": Text(
        "你的技能“{skill}”已确认，现在起可报名需要它的岗位。",
        "Your skill “{skill}” has been confirmed; roles that ask for it are open to you now.",
        page="/me/profile",
    ),
    "skill_refused": Text(
        "你的技能“{skill}”未能确认，暂不计入。原因和怎么补交，见睦邻“我的—时间与技能”。",
        "Your skill “{skill}” could not be confirmed and does not count for now. See “Time and "
        "skills” in Mulin for the reason and what to do.",
        page="/me/profile",
    ),
    "skill_ends_soon": Text(
        "你的技能“{skill}”有效期到 {day}。想继续参加需要它的岗位，请在到期前补交新的凭证。",
        "Your skill “{skill}” is valid until {day}. Show new evidence before then to go on with "
        "roles that ask for it.",
        3 * DAY,
        page="/me/profile",
    ),
    "skill_has_ended": Text(
        "你的技能“{skill}”已于 {day} 到期，暂不计入。补交新的凭证后即可恢复。",
        "Your skill “{skill}” ended on {day} and does not count for now. Show new evidence to "
        "have it back.",
        3 * DAY,
        page="/me/profile",
    ),
}
