"""One's own data as a whole: to have, and to have forgotten; and what is forgotten in time."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from api.routes.volunteers import today
from services import erasure, own_data, retention
from services.erasure import Erasure, ErasureIn
from services.own_data import OwnData
from services.paging import Page, PageQuery
from services.retention import RetentionPreview, RetentionRun

operations = Operations("own-data", Words("个人信息", "One's own data"))


@operations("GET", "/volunteers/{volunteer_id}/data", Words("导出我的数据", "Everything about me"))
async def read_own_data(call: Call, volunteer_id: UUID) -> OwnData:
    """One document with all that is held about oneself or a ward. Logged."""
    return await own_data.export(call.actor, volunteer_id, call.now, today=today(call))


@operations("GET", "/erasures", Words("注销申请", "List requests to be forgotten"))
async def list_erasures(call: Call, query: PageQuery) -> Page[Erasure]:
    """For oneself and one's wards, the latest first."""
    return await erasure.list_mine(call.actor, query)


@operations(
    "POST",
    "/erasures",
    Words("申请注销", "Ask to be forgotten"),
    status=201,
    location="/erasures/{id}",
    refuses=("sign_in_again", "roles_first", "wards_first"),
)
async def create_erasure(call: Call, body: ErasureIn) -> Erasure:
    """In seven days, unless it is withdrawn before. Twice is once."""
    return await erasure.ask(call.actor, body, call.now, call.settings)


@operations("GET", "/erasures/{erasure_id}", Words("读取注销申请", "Read such a request"))
async def read_erasure(call: Call, erasure_id: UUID) -> Erasure:
    """When it is due, and whether it was withdrawn."""
    return await erasure.get(call.actor, erasure_id)


@operations(
    "POST",
    "/erasures/{erasure_id}/withdraw",
    Words("撤回注销", "Change one's mind"),
    refuses=("already_erased",),
)
async def withdraw_erasure(call: Call, erasure_id: UUID) -> Erasure:
    """Nothing is forgotten then. Again: nothing changes."""
    return await erasure.withdraw(call.actor, erasure_id, call.now)


@operations(
    "GET",
    "/retention-preview",
    Words("试算保存期限", "Count whom a run would touch"),
    refuses=("right_missing",),
)
async def read_retention_preview(call: Call) -> RetentionPreview:
    """A dry run: counts only, and nothing is written."""
    return await retention.preview(call.actor, call.now, call.settings)


@operations(
    "GET",
    "/retention-runs",
    Words("保存期限执行记录", "List retention runs"),
    refuses=("right_missing",),
)
async def list_retention_runs(call: Call, query: PageQuery) -> Page[RetentionRun]:
    """The latest first."""
    return await retention.list_page(call.actor, query)


@operations(
    "POST",
    "/retention-runs",
    Words("执行保存期限", "Start a retention run"),
    status=201,
    location="/retention-runs/{id}",
    refuses=("right_missing",),
)
async def create_retention_run(call: Call) -> RetentionRun:
    """Tells those whose time has come; they are forgotten a week later unless they sign in.

    A run that finds more than it may touch (`is_capped`) touches nobody.
    """
    return await retention.run(call.actor, call.now, call.settings)


@operations(
    "GET",
    "/retention-runs/{run_id}",
    Words("读取执行记录", "Read a retention run"),
    refuses=("right_missing",),
)
async def read_retention_run(call: Call, run_id: UUID) -> RetentionRun:
    """How many were found and touched, and how many could have been."""
    return await retention.get(call.actor, run_id)
