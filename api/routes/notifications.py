"""What somebody was told, how they want to be told, and what we estimate of them."""

from uuid import UUID

import msgspec

from api.layer.callers import caller_of
from api.layer.operations import Call, Operations, Words
from services import estimates, rights
from services.accounts import CodeSent
from services.estimates import Estimates
from services.notifications import addresses, choices, reading, robots, wechat_linking
from services.notifications.addresses import MailCodeIn, MailIn
from services.notifications.choices import Choice, ChoiceIn
from services.notifications.reading import Notice, NoticeQuery, Unread
from services.notifications.robots import GroupRobot, GroupRobotIn
from services.notifications.wechat_linking import LinkCode
from services.paging import Page, PageQuery

operations = Operations("notifications", Words("消息与通知", "Notifications"))


class ForPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own, or a ward's who is named."""

    volunteer_id: UUID | None = None


@operations(
    "GET",
    "/notifications",
    Words("我的消息", "List my notifications"),
    refuses=("not_found",),
)
async def list_notifications(call: Call, query: NoticeQuery) -> Page[Notice]:
    """What the account, or a ward, was told: the newest first. `/api/v1/notifications/stream`
    tells each new one at once, as server-sent events."""
    return await reading.list_mine(call.actor, query, call.settings)


@operations("GET", "/notifications/unread", Words("未读消息数", "Count what is not opened"))
async def count_unread_notifications(call: Call) -> Unread:
    """How many are not opened yet; a hundred stands for more."""
    return await reading.count_unread(call.actor)


@operations("POST", "/notifications/open", Words("全部标为已读", "Open all notifications"))
async def open_notifications(call: Call) -> Unread:
    """All of the account's own count as opened; no further channel brings them."""
    return await reading.note_all_opened(call.actor, call.now)


@operations("GET", "/notifications/{notification_id}", Words("读取消息", "Read a notification"))
async def read_notification(call: Call, notification_id: UUID) -> Notice:
    """One of the account's own, or of a ward's."""
    return await reading.get(call.actor, notification_id, call.settings)


@operations(
    "POST", "/notifications/{notification_id}/open", Words("标为已读", "Open a notification")
)
async def open_notification(call: Call, notification_id: UUID) -> Notice:
    """It counts as opened; no further channel brings it. Again: the same."""
    return await reading.note_opened(call.actor, notification_id, call.now, call.settings)


@operations(
    "GET",
    "/notification-choice",
    Words("通知设置", "Read how I am told"),
    refuses=("not_found",),
)
async def read_notification_choice(call: Call, query: ForPerson) -> Choice:
    """Which channels in which order, which language, which quiet hours."""
    return await choices.get(call.actor, query.volunteer_id)


@operations(
    "PUT",
    "/notification-choice",
    Words("修改通知设置", "Change how I am told"),
    refuses=("not_found",),
)
async def replace_notification_choice(call: Call, query: ForPerson, body: ChoiceIn) -> Choice:
    """Counts from now on, for what is on its way too. Codes to sign in come all the same."""
    return await choices.put(call.actor, body, call.now, query.volunteer_id)


@operations(
    "POST",
    "/email-code",
    Words("发送邮箱验证码", "Send a code to an e-mail address"),
    refuses=("volunteers_only", "code_too_soon", "too_many_codes", "too_many_codes_here"),
)
async def send_email_code(call: Call, body: MailCodeIn) -> CodeSent:
    """Six digits to an address that is to be one's own."""
    caller = caller_of(call.request)
    return await addresses.send_mail_code(call.actor, body, caller, call.now, call.settings)


@operations(
    "PUT",
    "/email",
    Words("设置通知邮箱", "Set my e-mail address"),
    refuses=("volunteers_only", "code_wrong", "code_spent", "code_expired", "code_used"),
)
async def replace_email(call: Call, body: MailIn) -> None:
    """The address becomes one's own by the code that came to it."""
    await addresses.put_mail(call.actor, body, call.now)


@operations(
    "DELETE",
    "/email",
    Words("删除通知邮箱", "Forget my e-mail address"),
    refuses=("volunteers_only",),
)
async def delete_email(call: Call) -> None:
    """Nothing goes there any more. Again: nothing changes."""
    await addresses.forget_mail(call.actor)


@operations(
    "POST",
    "/wechat-code",
    Words("关联微信", "Link WeChat by a code"),
    refuses=("volunteers_only", "too_many_codes"),
)
async def make_wechat_code(call: Call) -> LinkCode:
    """Eight digits to be written to the service account within ten minutes; told this once."""
    return await wechat_linking.make_code(call.actor, call.now)


@operations(
    "DELETE", "/wechat", Words("取消关联微信", "Unlink WeChat"), refuses=("volunteers_only",)
)
async def delete_wechat(call: Call) -> None:
    """Nothing goes there any more. Again: nothing changes."""
    await wechat_linking.unlink(call.actor)


@operations(
    "GET", "/group-robots", Words("群机器人", "List group robots"), refuses=("right_missing",)
)
async def list_group_robots(call: Call, query: PageQuery) -> Page[GroupRobot]:
    """The robots in organisers' chat groups, wherever one runs work."""
    return await robots.list_all(call.actor, query)


@operations(
    "POST",
    "/group-robots",
    Words("添加群机器人", "Add a group robot"),
    status=201,
    location="/group-robots/{id}",
    refuses=("right_missing",),
)
async def create_group_robot(call: Call, body: GroupRobotIn) -> GroupRobot:
    """The organisers' group is told what its shifts lack from now on; no message names anybody."""
    return await robots.create(call.actor, body, call.now)


@operations(
    "GET",
    "/group-robots/{robot_id}",
    Words("读取群机器人", "Read a group robot"),
    refuses=("right_missing",),
)
async def read_group_robot(call: Call, robot_id: UUID) -> GroupRobot:
    """One robot, without its address."""
    return await robots.get(call.actor, robot_id)


@operations(
    "POST",
    "/group-robots/{robot_id}/test",
    Words("试发一条", "Post a test into the group"),
    refuses=("right_missing", "robot_test_too_soon"),
)
async def test_group_robot(call: Call, robot_id: UUID) -> GroupRobot:
    """One line goes into the group; `told_at` and `failed_with` say a moment later what came of
    it."""
    return await robots.send_test(call.actor, robot_id, call.now)


@operations(
    "DELETE",
    "/group-robots/{robot_id}",
    Words("停用群机器人", "End a group robot"),
    refuses=("right_missing",),
)
async def delete_group_robot(call: Call, robot_id: UUID) -> None:
    """The group is told nothing any more; the address is forgotten."""
    await robots.end(call.actor, robot_id, call.now)


@operations(
    "GET",
    "/estimates",
    Words("对我的估计", "Read what is estimated of me"),
    refuses=("volunteers_only", "not_found"),
)
async def read_estimates(call: Call, query: ForPerson) -> Estimates:
    """How likely one is to answer an offer and to come to a shift, and from how much that is
    known. It sizes call-ups and stand-bys; it ranks and refuses nobody for an ordinary shift."""
    whom = query.volunteer_id or rights.require_person(call.actor)
    return await estimates.of_person(call.actor, whom)
