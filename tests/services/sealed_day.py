"""A day that leaves something behind in every column which only the day of a shift encrypts."""

from models.core import RoleName, SafetyReportKind
from services import attendance, personal, safety_reports
from services.adapters.channels.protocol import Answer
from services.attendance import ObjectionIn
from services.notifications import robots
from services.notifications.answering import take
from services.notifications.robots import GroupRobotIn
from services.personal import DatumKind
from services.safety_reports import SafetyReportAnswer, SafetyReportIn
from tests.services.attendance.world import IN, OUT, SETTINGS
from tests.services.my_record.world import make_past
from tests.support.factories import NOW, make_account, node_of


async def fill_a_day(number: str) -> None:
    """A code is shown, an absence objected to, a stay disputed, a report answered, a robot added,
    and an answer comes by text from `number` (E.164) that nobody can read."""
    past = await make_past()
    day = past.day
    await day.scans(day.ada, IN, 0)
    await day.scans(day.ada, OUT, 110)
    await past.decides((await past.disputes()).id, "stands")
    await day.marks(day.bens, 15)
    why = ObjectionIn(text="我在后门等了半小时。")
    await attendance.object_to(day.ben, day.bens, why, day.at(20), SETTINGS)
    fell = SafetyReportIn(kind=SafetyReportKind.ACCIDENT, text="摔了一跤。")
    made = await safety_reports.report(day.ada, day.shift.id, fell, NOW)
    reader = await make_account((RoleName.NODE_ADMINISTRATOR, node_of(day.boss)))
    await safety_reports.take(reader, made.id, NOW)
    await safety_reports.close(reader, made.id, SafetyReportAnswer(text="已经处理。"), NOW)
    address = (
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
    )
    await robots.create(
        day.boss,
        GroupRobotIn(organisation_id=node_of(day.boss), name="值班群", address=address),
        NOW,
    )
    await personal.put(DatumKind.PHONE, number, volunteer_id=day.ada.volunteer_id)
    unreadable = Answer(reference="1", address=number.removeprefix("+86"), text="可能会来吧")
    await take("sms", unreadable, NOW, SETTINGS)
