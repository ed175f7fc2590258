"""What is said about belonging, documents and leaving."""

from collections.abc import Mapping

from services.notifications.texts.types import DAY, Text

TEXTS: Mapping[str, Text] = {
    "membership_accepted": Text(
        "你申请加入的组织已同意，详情见睦邻“我的”。",
        "The organisation that you asked to join said yes; Mulin shows it under your profile.",
        3 * DAY,
        page="/me",
    ),
    "membership_refused": Text(
        "你申请加入的组织没有同意。可以直接询问该组织，或在睦邻“我的”里申请加入别的组织。",
        "The organisation that you asked to join said no. You can ask them why, or ask to join "
        "another one under your profile in Mulin.",
        3 * DAY,
        page="/me",
    ),
    "document_asked": Text(
        "有一项志愿服务需要你的证件号码（用途和接收方见睦邻“我的—我的数据”）。可以不填，填写后不再需要时会自动删除。",
        "A volunteer activity needs the number of your identity document; under “My data” Mulin "
        "says for what and for whom. You may decline; it is deleted once nothing needs it.",
        3 * DAY,
        page="/me/documents",
    ),
    "people_merged": Text(
        "你在睦邻的两条登记已合并为一条，报名、积分和记录都已归到一起。有疑问请联系登记你的社区或学校。",
        "Your two registrations with Mulin are one now, with all claims, points and records. "
        "Questions? Ask the community or school that registered you.",
        3 * DAY,
        page="/me",
    ),
    "erasure_asked": Text(
        "我们收到了注销账号的申请，{day} 起将永久删除个人信息。"
        "不是你本人操作或改变了主意，请在此之前登录撤回。",
        "We were asked to delete your account; your data will be gone for good from {day} on. If "
        "this was not you, or you changed your mind, sign in before then to undo it.",
        3 * DAY,
        page="/me/data",
    ),
    "erasure_soon": Text(
        "你很久没有使用睦邻了。按保存期限，{day} 起将删除你的个人信息；"
        "想继续保留，在此之前登录一次即可。",
        "You have not used Mulin for a long time. As our rules ask, your data will be deleted from "
        "{day} on; to keep them, just sign in once before then.",
        3 * DAY,
        page="/me/data",
    ),
}
