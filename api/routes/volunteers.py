"""Volunteers, and the points of each."""

from datetime import date
from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import points, volunteers
from services.paging import Page, PageQuery
from services.points import Transfer
from services.volunteers import Volunteer, VolunteerIn

operations = Operations("volunteers", Words("志愿者", "Volunteers"))


def today(call: Call) -> date:
    """The local day of the service, on which ages are reckoned."""
    return call.now.astimezone(call.settings.zone).date()


@operations(
    "GET",
    "/volunteers",
    Words("列出志愿者", "List volunteers"),
    refuses=("right_missing",),
)
async def list_volunteers(call: Call, query: PageQuery) -> Page[Volunteer]:
    """The people registered with or belonging to the account's subtree."""
    return await volunteers.list_page(call.actor, query, today=today(call))


@operations(
    "POST",
    "/volunteers",
    Words("登记志愿者", "Register a volunteer"),
    status=201,
    location="/volunteers/{id}",
    refuses=("right_missing", "key_taken", "guardian_consent_missing"),
)
async def create_volunteer(call: Call, body: VolunteerIn) -> Volunteer:
    """A person, registered with the account's organisation or one below it."""
    return await volunteers.create(call.actor, body, today=today(call))


@operations("GET", "/volunteers/{volunteer_id}", Words("读取志愿者", "Read a volunteer"))
async def read_volunteer(call: Call, volunteer_id: UUID) -> Volunteer:
    """One person: for themselves, and for the organisers whose subtree they belong to."""
    return await volunteers.get(call.actor, volunteer_id, today=today(call))


@operations(
    "PUT",
    "/volunteers/{volunteer_id}",
    Words("修改志愿者", "Change a volunteer"),
    refuses=(
        "key_taken",
        "registered_elsewhere",
        "vouched_by_organiser",
        "phone_changes_by_code",
        "person_closed",
    ),
)
async def replace_volunteer(
    call: Call, volunteer_id: UUID, body: VolunteerIn, if_match: str
) -> Volunteer:
    """Writes the person anew, with all skills and times; what is left out takes its default."""
    return await volunteers.replace(call.actor, volunteer_id, body, if_match, today=today(call))


@operations(
    "GET", "/volunteers/{volunteer_id}/points", Words("积分明细", "List a volunteer's points")
)
async def list_points(call: Call, volunteer_id: UUID, query: PageQuery) -> Page[Transfer]:
    """Every transfer of the person's points account; the balance is their sum."""
    return await points.list_transfers(call.actor, volunteer_id, query)
