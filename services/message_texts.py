"""What short messages say, by kind, in both languages. Nothing personal that need not be there.

A kind is a stable name of at most 24 characters. `{facts}` are the parameters of whoever queues.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """A message in both languages, and how long it means anything."""

    zh: str
    en: str
    good_for_minutes: int = 24 * 60


TEXTS: Mapping[str, Text] = {
    "code_sign_in": Text(
        "登录验证码 {code}，{minutes} 分钟内有效，只能用一次。"
        "不要告诉任何人，睦邻工作人员也不会问你要。",
        "Your sign-in code is {code}, good once within {minutes} minutes. Tell it to nobody; "
        "we never ask for it.",
        10,
    ),
    "code_change_phone": Text(
        "验证码 {code}，用于把这个号码设为你的登录手机号，{minutes} 分钟内有效。"
        "不是你本人操作请不用理会。",
        "Code {code} makes this the number you sign in with, good within {minutes} minutes. "
        "If this was not you, do nothing.",
        10,
    ),
    "code_guardian": Text(
        "验证码 {code}，用于确认你是未成年志愿者的监护人，{minutes} 分钟内有效。"
        "不是你本人操作请不用理会。",
        "Code {code} confirms that you are the guardian of a young volunteer, good within "
        "{minutes} minutes. If this was not you, do nothing.",
        10,
    ),
    "phone_changed": Text(
        "你的登录手机号已换成 {shown}，其他设备上的登录已退出。"
        "不是你本人操作，请尽快联系你所在的社区或学校。",
        "The number you sign in with is now {shown}; other devices are signed out. If this was not "
        "you, tell your community or school at once.",
    ),
    "membership_accepted": Text(
        "你申请加入的组织已同意，详情见睦邻“我的”。",
        "The organisation that you asked to join said yes; Mulin shows it under your profile.",
        3 * 24 * 60,
    ),
    "membership_refused": Text(
        "你申请加入的组织没有同意。可以直接询问该组织，或在睦邻“我的”里申请加入别的组织。",
        "The organisation that you asked to join said no. You can ask them why, or ask to join "
        "another one under your profile in Mulin.",
        3 * 24 * 60,
    ),
    "grown_up": Text(
        "你已满 18 周岁：从今天起，参加活动由你自己决定，不再需要监护人同意。",
        "You are 18: from today you decide yourself about taking part; no guardian has to agree.",
        3 * 24 * 60,
    ),
    "ward_grown_up": Text(
        "你监护的志愿者已满 18 周岁，从今天起由其本人决定参加活动，你不再代为答复。",
        "The volunteer you answered for is 18 and decides alone from today.",
        3 * 24 * 60,
    ),
    "document_asked": Text(
        "有一项志愿服务需要你的证件号码（用途和接收方见睦邻“我的—我的数据”）。可以不填，填写后不再需要时会自动删除。",
        "A volunteer activity needs the number of your identity document; Mulin says for what and "
        "for whom. You may decline; it is deleted once nothing needs it.",
        3 * 24 * 60,
    ),
    "people_merged": Text(
        "你在睦邻的两条登记已合并为一条，报名、积分和记录都已归到一起。有疑问请联系登记你的社区或学校。",
        "Your two registrations with Mulin are one now, with all claims, points and records. "
        "Questions? Ask the community or school that registered you.",
        3 * 24 * 60,
    ),
    "skill_confirmed": Text(
        "你的技能“{skill}”已确认，现在起可报名需要它的岗位。",
        "Your skill “{skill}” has been confirmed; roles that ask for it are open to you now.",
    ),
    "skill_refused": Text(
        "你的技能“{skill}”未能确认，暂不计入。原因和怎么补交，见睦邻“我的—时间与技能”。",
        "Your skill “{skill}” could not be confirmed and does not count for now. See “Time and "
        "skills” in Mulin for the reason and what to do.",
    ),
    "skill_ends_soon": Text(
        "你的技能“{skill}”有效期到 {day}。想继续参加需要它的岗位，请在到期前补交新的凭证。",
        "Your skill “{skill}” is valid until {day}. Show new evidence before then to go on with "
        "roles that ask for it.",
        3 * 24 * 60,
    ),
    "skill_has_ended": Text(
        "你的技能“{skill}”已于 {day} 到期，暂不计入。补交新的凭证后即可恢复。",
        "Your skill “{skill}” ended on {day} and does not count for now. Show new evidence to "
        "have it back.",
        3 * 24 * 60,
    ),
    "guardian_verified": Text(
        "监护人身份已核验，现在起生效。登录睦邻即可查看。",
        "The guardian has been checked; it counts from now on. Sign in to Mulin to see it.",
        3 * 24 * 60,
    ),
    "guardian_refused": Text(
        "监护人身份这次没能核验，请带上户口簿或出生证明到登记的社区或学校再试。",
        "The guardian could not be checked this time. Please bring the household register or birth "
        "certificate to the community or school and try again.",
        3 * 24 * 60,
    ),
    "activity_asked": Text(
        "你监护的志愿者想参加一个班次，需要你看过风险说明后同意。登录睦邻“监护”即可回答。",
        "A young volunteer of yours would like to join a shift and needs your consent to its "
        "risks. Sign in to Mulin and open “Guardian” to answer.",
        3 * 24 * 60,
    ),
    "activity_agreed": Text(
        "监护人同意你参加这个班次了。登录睦邻即可报名或接受邀约。",
        "Your guardian has agreed to the shift. Sign in to Mulin to take your seat.",
        3 * 24 * 60,
    ),
    "activity_refused": Text(
        "监护人这次没有同意你参加这个班次，你的名额（如有）已让出。可以和监护人商量，或看看其他班次。",
        "Your guardian has not agreed to the shift; if you had a seat it is free again. You may "
        "talk it over, or look at other shifts.",
        3 * 24 * 60,
    ),
    "erasure_asked": Text(
        "我们收到了注销账号的申请，{day} 起将永久删除个人信息。"
        "不是你本人操作或改变了主意，请在此之前登录撤回。",
        "We were asked to delete your account; your data will be gone for good from {day} on. If "
        "this was not you, or you changed your mind, sign in before then to undo it.",
        3 * 24 * 60,
    ),
    "erasure_soon": Text(
        "你很久没有使用睦邻了。按保存期限，{day} 起将删除你的个人信息；"
        "想继续保留，在此之前登录一次即可。",
        "You have not used Mulin for a long time. As our rules ask, your data will be deleted from "
        "{day} on; to keep them, just sign in once before then.",
        3 * 24 * 60,
    ),
}
"""Every message there is. Whoever sends another kind adds it here."""

SIGNATURE: Mapping[Language, str] = {"zh": "【睦邻】", "en": "[Mulin] "}


def words_of(kind: str, language: Language, parameters: Mapping[str, object]) -> str:
    """The whole message, signed as operators ask for it."""
    text = TEXTS[kind]
    return SIGNATURE[language] + (text.zh if language == "zh" else text.en).format(**parameters)
