"""Coming and going on a shift, for those who come and for those who lead."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import attendance
from services.attendance import (
    Attendance,
    Board,
    ByHandIn,
    CheckCode,
    ConfirmIn,
    DigitsIn,
    GeofenceIn,
    LeadIn,
    ObjectionDecision,
    ObjectionIn,
    ScanIn,
    ShiftLead,
    ShiftLeads,
)

operations = Operations("attendance", Words("签到", "Attendance"))
OF_COMING = (
    *("check_in_not_open", "ended", "called_off", "handed_over", "marked_absent", "not_confirmed"),
    *("already_checked_in", "claim_start_unqualified", "agreement_missing"),
)
OF_GOING = ("not_checked_in", "out_before_in", "check_out_over")


@operations("GET", "/shifts/{shift_id}/leads", Words("班次负责人", "List the leads of a shift"))
async def list_shift_leads(call: Call, shift_id: UUID) -> ShiftLeads:
    """Everybody who leads the shift, for those who lead or organise it."""
    return await attendance.list_leads(call.actor, shift_id)


@operations(
    "POST",
    "/shifts/{shift_id}/leads",
    Words("指定负责人", "Name a lead"),
    status=201,
    location="/shifts/{shift_id}/leads",
    refuses=("lead_already", "lead_too_young", "has_no_account"),
)
async def name_shift_lead(call: Call, shift_id: UUID, body: LeadIn) -> ShiftLead:
    """Lets somebody lead this one shift: whoever has a seat on it, or staff by account name."""
    return await attendance.name_lead(call.actor, shift_id, body, call.now)


@operations("DELETE", "/shifts/{shift_id}/leads/{lead_id}", Words("不再负责", "End a lead"))
async def end_shift_lead(call: Call, shift_id: UUID, lead_id: UUID) -> None:
    """Lets somebody lead the shift no longer. Again: nothing changes."""
    await attendance.end_lead(call.actor, shift_id, lead_id, call.now)


@operations(
    "GET",
    "/shifts/{shift_id}/check-code",
    Words("此刻的签到码", "The check-in code of this half minute"),
    refuses=("check_in_not_open", "ended", "called_off"),
)
async def read_check_code(call: Call, shift_id: UUID) -> CheckCode:
    """What a lead shows: an address to be shown as a QR code, and six digits to be typed."""
    return await attendance.show_code(call.actor, shift_id, call.now, call.settings)


@operations("GET", "/shifts/{shift_id}/attendance", Words("谁来了", "Who comes, who is here"))
async def read_board(call: Call, shift_id: UUID) -> Board:
    """Everybody who is expected, here, gone or absent, for those who lead the shift."""
    return await attendance.board(call.actor, shift_id, call.settings)


@operations(
    "POST",
    "/shifts/{shift_id}/geofence",
    Words("设置签到范围", "Set how near one has to be"),
    refuses=("no_position",),
)
async def set_geofence(call: Call, shift_id: UUID, body: GeofenceIn) -> Board:
    """Within how many metres digits are taken; null takes the condition away. A phone's position
    is compared with the place of the shift and not kept."""
    return await attendance.set_geofence(call.actor, shift_id, body, call.settings)


@operations(
    "POST",
    "/scans",
    Words("扫码签到或签退", "Check in or out by a scanned code"),
    refuses=(
        *("code_unreadable", "code_not_genuine", "code_from_future", "scan_too_old"),
        *("no_seat_here", "name_the_person", "not_found", *OF_COMING, *OF_GOING),
    ),
)
async def send_scan(call: Call, body: ScanIn) -> Attendance:
    """A code that was scanned now, or a while ago without a network. The time is that in which the
    code was shown. Again: the same answer."""
    return await attendance.scan(call.actor, body, call.now, call.settings)


@operations("GET", "/claims/{claim_id}/attendance", Words("读取签到情况", "Read an attendance"))
async def read_attendance(call: Call, claim_id: UUID) -> Attendance:
    """When somebody came and went, for the person and for those who lead the shift."""
    return await attendance.of_claim(call.actor, claim_id, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/digits",
    Words("用数字码签到或签退", "Check in or out by six-digit code"),
    refuses=(
        *("volunteers_only", "digits_wrong", "too_many_attempts", "position_needed", "not_near"),
        *(*OF_COMING, *OF_GOING),
    ),
)
async def type_digits(call: Call, claim_id: UUID, body: DigitsIn) -> Attendance:
    """The six digits that the lead shows just now. Again, once here: the same answer."""
    return await attendance.by_digits(call.actor, claim_id, body, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/by-hand",
    Words("负责人代签", "Check somebody in or out"),
    refuses=("own_attendance", *OF_COMING, *OF_GOING),
)
async def check_by_hand(call: Call, claim_id: UUID, body: ByHandIn) -> Attendance:
    """As the lead, whom one sees before one. Nobody does so for themselves."""
    return await attendance.by_hand(call.actor, claim_id, body, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/confirm-end",
    Words("确认签退时间", "Confirm when somebody left"),
    refuses=("nothing_to_confirm", "own_attendance", "out_before_in", "out_after_end"),
)
async def confirm_end(call: Call, claim_id: UUID, body: ConfirmIn) -> Attendance:
    """As the lead, of whoever forgot to check out; at the planned end at the latest."""
    return await attendance.confirm(call.actor, claim_id, body, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/absence",
    Words("标记未到", "Mark as absent"),
    refuses=("too_early_to_mark", "state_change_refused"),
)
async def mark_absent(call: Call, claim_id: UUID) -> Attendance:
    """As the lead, a quarter of an hour after the start at the earliest. Again: nothing changes.
    The person may object for two days."""
    return await attendance.mark_absent(call.actor, claim_id, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/objection",
    Words("提出异议", "Object to an absence"),
    refuses=("not_marked", "objected_already", "objection_too_late"),
)
async def object_to_absence(call: Call, claim_id: UUID, body: ObjectionIn) -> Attendance:
    """As the person, or a guardian of theirs, within two days."""
    return await attendance.object_to(call.actor, claim_id, body, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/objection/decision",
    Words("处理异议", "Decide an objection"),
    refuses=(
        *("no_objection", "objection_decided", "objection_needs_another"),
        *("full", "overlap"),
    ),
)
async def decide_objection(call: Call, claim_id: UUID, body: ObjectionDecision) -> Attendance:
    """As an organiser of the project: they served, they are excused, or the mark stands."""
    return await attendance.decide(call.actor, claim_id, body, call.now, call.settings)
