"""What somebody was told, how they want to be told, and what we estimate of them."""

from uuid import UUID

import msgspec

from api.layer.callers import caller_of
from api.layer.operations import Call, Operations, Words
from services import estimates, rights
from services.accounts import CodeSent
from services.estimates import Estimates
from services.notifications import addresses, choices, reading
from services.notifications.addresses import MailCodeIn, MailIn
from services.notifications.choices import Choice, ChoiceIn
from services.notifications.reading import Notice, NoticeQuery, Unread
from services.paging import Page

operations = Operations("notifications", Words("消息与通知", "Notifications"))


class ForPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own, or a ward's who is named."""

    volunteer_id: UUID | None = None


@operations("GET", "/notifications", Words("我的消息", "List my notifications"))
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


@operations("GET", "/notification-choice", Words("通知设置", "Read how I am told"))
async def read_notification_choice(call: Call, query: ForPerson) -> Choice:
    """Which channels in which order, which language, which quiet hours."""
    return await choices.get(call.actor, query.volunteer_id)


@operations("PUT", "/notification-choice", Words("修改通知设置", "Change how I am told"))
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
