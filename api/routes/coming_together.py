"""Friends who come together, and people who come every week."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services.claims import Refusal
from services.my_shifts import buddies, series
from services.my_shifts.types import (
    BuddyGroup,
    BuddyGroupIn,
    CodeQuery,
    DayIn,
    ForWhom,
    JoinIn,
    MyShiftQuery,
    Series,
    SeriesIn,
)
from services.paging import Page

operations = Operations("coming-together", Words("结伴与固定报名", "Groups and series"))
CLOSED = (
    *("ended", "already_started", "called_off", "buddies_only_instant"),
    *("risk_statement_changed", "volunteers_only"),
)


@operations(
    "POST",
    "/shifts/{shift_id}/buddy-groups",
    Words("结伴报名", "Begin a group"),
    status=201,
    location="/buddy-groups/{id}",
    refuses=CLOSED,
)
async def begin_buddy_group(call: Call, shift_id: UUID, body: BuddyGroupIn) -> BuddyGroup:
    """A group for this shift with a code to send to the others, who join by it."""
    return await buddies.begin(call.actor, shift_id, body, call.now)


@operations(
    "GET",
    "/buddy-groups",
    Words("我的小队", "List my groups"),
    refuses=("volunteers_only", "not_found"),
)
async def list_buddy_groups(call: Call, query: CodeQuery) -> Page[BuddyGroup]:
    """One's groups for shifts to come, or the one that a code leads to."""
    return await buddies.list_mine(call.actor, query, call.now)


@operations("GET", "/buddy-groups/{buddy_group_id}", Words("读取小队", "Read a group"))
async def read_buddy_group(call: Call, buddy_group_id: UUID) -> BuddyGroup:
    """A group, for those who are in it."""
    return await buddies.get(call.actor, buddy_group_id)


@operations(
    "POST",
    "/buddy-groups/{buddy_group_id}/join",
    Words("加入小队", "Join a group"),
    refuses=("buddies_full", "buddies_over", *CLOSED),
)
async def join_buddy_group(call: Call, buddy_group_id: UUID, body: JoinIn) -> BuddyGroup:
    """Comes along; with it one agrees that a seat is claimed. Again: nothing changes."""
    return await buddies.join(call.actor, buddy_group_id, body, call.now)


@operations(
    "POST",
    "/buddy-groups/{buddy_group_id}/leave",
    Words("退出小队", "Leave a group"),
    refuses=("volunteers_only",),
)
async def leave_buddy_group(call: Call, buddy_group_id: UUID, body: ForWhom) -> None:
    """Leaves the others, who go on as they are; a seat that one has stays one's own."""
    await buddies.leave(call.actor, buddy_group_id, body.volunteer_id, call.now)


@operations(
    "POST",
    "/buddy-groups/{buddy_group_id}/claim",
    Words("一起报名", "Claim seats for a group"),
    refuses=(
        *("buddies_too_few", "buddies_over", "buddies_only_instant", "buddy_cannot_come"),
        *("changed_meanwhile", "guardian_consent_missing", "agreement_missing"),
        *(refusal.value for refusal in Refusal),
    ),
)
async def claim_for_buddy_group(call: Call, buddy_group_id: UUID) -> BuddyGroup:
    """A seat for everybody in the group, or for nobody. Again: nothing changes."""
    return await buddies.claim_all(call.actor, buddy_group_id, call.now, call.settings)


@operations(
    "POST",
    "/series",
    Words("固定报名", "Sign up to a series"),
    status=201,
    location="/series/{id}",
    refuses=("volunteers_only", "risk_statement_changed", "series_already"),
)
async def create_series(call: Call, body: SeriesIn) -> Series:
    """Comes to every shift of a project that begins at this time; each is claimed as it appears,
    by all rules, and what came of it is told."""
    return await series.create(call.actor, body, call.now, call.settings)


@operations(
    "GET",
    "/series",
    Words("我的固定报名", "List my series"),
    refuses=("volunteers_only", "not_found"),
)
async def list_series(call: Call, query: MyShiftQuery) -> Page[Series]:
    """Standing sign-ups that have not ended."""
    return await series.list_mine(call.actor, query, call.now, call.settings)


@operations("GET", "/series/{series_id}", Words("读取固定报名", "Read a series"))
async def read_series(call: Call, series_id: UUID) -> Series:
    """A standing sign-up with what came of its days."""
    return await series.get(call.actor, series_id, call.now, call.settings)


@operations("POST", "/series/{series_id}/end", Words("停止固定报名", "End a series"))
async def end_series(call: Call, series_id: UUID) -> Series:
    """Signs up to no more of them; seats that one has stay one's own. Again: nothing changes."""
    return await series.end(call.actor, series_id, call.now, call.settings)


@operations(
    "POST",
    "/series/{series_id}/skip",
    Words("跳过一天", "Skip a day"),
    refuses=("series_other_day", "cutoff_passed", "already_started"),
)
async def skip_day(call: Call, series_id: UUID, body: DayIn) -> Series:
    """Does not come on that day; a seat that one has then is given back. Again: nothing changes."""
    return await series.skip(call.actor, series_id, body, call.now, call.settings)


@operations("POST", "/series/{series_id}/come", Words("恢复一天", "Come on a skipped day"))
async def come_on_day(call: Call, series_id: UUID, body: DayIn) -> Series:
    """Comes on a day that was skipped, if there is a seat still. Again: nothing changes."""
    return await series.come(call.actor, series_id, body, call.now, call.settings)
