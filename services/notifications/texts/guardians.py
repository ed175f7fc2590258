"""What is said to guardians and to the young people they answer for."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Text

TEXTS: Mapping[str, Text] = {
    "grown_up": Text(
        "你已满 18 周岁：从今天起，参加活动由你自己决定，不再需要监护人同意。",
        "You are 18: from today you decide yourself about taking part; no guardian has to agree.",
        3 * DAY,
        page="/me/wards",
    ),
    "ward_grown_up": Text(
        "你监护的志愿者已满 18 周岁，从今天起由其本人决定参加活动，你不再代为答复。",
        "The volunteer you answered for is 18 and decides alone from today.",
        3 * DAY,
        page="/me/wards",
    ),
    "guardian_verified": Text(
        "监护人身份已核验，现在起生效。登录睦邻即可查看。",
        "The guardian has been checked; it counts from now on. Sign in to Mulin to see it.",
        3 * DAY,
        page="/me/wards",
    ),
    "guardian_refused": Text(
        "监护人身份这次没能核验，请带上户口簿或出生证明到登记的社区或学校再试。",
        "The guardian could not be checked this time. Please bring the household register or birth "
        "certificate to the community or school and try again.",
        3 * DAY,
        page="/me/wards",
    ),
    "activity_asked": Text(
        "你监护的志愿者想参加一个班次，需要你看过风险说明后同意。登录睦邻“监护”即可回答。",
        "A young volunteer of yours would like to join a shift and needs your consent to its "
        "risks. Sign in to Mulin and open “Guardian” to answer.",
        3 * DAY,
        page="/me/wards",
    ),
    "activity_agreed": Text(
        "监护人同意你参加这个班次了。登录睦邻即可报名或接受邀约。",
        "Your guardian has agreed to the shift. Sign in to Mulin to take your seat.",
        3 * DAY,
    ),
    "activity_refused": Text(
        "监护人这次没有同意你参加这个班次，你的名额（如有）已让出。可以和监护人商量，或看看其他班次。",
        "Your guardian has not agreed to the shift; if you had a seat it is free again. You may "
        "talk it over, or look at other shifts.",
        3 * DAY,
    ),
}
