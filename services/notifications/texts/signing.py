"""What is said about signing in. Codes go to a number, whoever it belongs to."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Reach, Text

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
    "code_confirm_email": Text(
        "验证码 {code}，用于把这个邮箱设为你的通知邮箱，{minutes} 分钟内有效。"
        "不是你本人操作请不用理会。",
        "Code {code} makes this the address at which you are told, good within {minutes} minutes. "
        "If this was not you, do nothing.",
        10,
    ),
    "phone_changed": Text(
        "你的登录手机号已换成 {shown}，其他设备上的登录已退出。"
        "不是你本人操作，请尽快联系你所在的社区或学校。",
        "The number you sign in with is now {shown}; other devices are signed out. If this was not "
        "you, tell your community or school at once.",
        page="/me/sessions",
    ),
    "wechat_linked": Text(
        "你的微信已和睦邻账号关联。在公众号里订阅一次，就可以收到一条微信通知。",
        "Your WeChat is linked with your Mulin account. Each time you subscribe there, one message "
        "can reach you.",
        DAY,
        Reach.INBOX,
        page="/me/notifications",
    ),
}
