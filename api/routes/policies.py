"""Insurance policies of projects."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import insurance
from services.insurance import Policy, PolicyIn
from services.paging import Page, PageQuery

operations = Operations("policies", Words("保险", "Insurance"))


@operations(
    "GET",
    "/projects/{project_id}/policies",
    Words("列出保单", "List the policies of a project"),
    refuses=("right_missing",),
)
async def list_policies(call: Call, project_id: UUID, query: PageQuery) -> Page[Policy]:
    """What covers those who serve in the project."""
    return await insurance.list_of(call.actor, project_id, query)


@operations(
    "POST",
    "/projects/{project_id}/policies",
    Words("登记保单", "Add a policy"),
    status=201,
    location="/policies/{id}",
    refuses=("right_missing", "policy_number_taken"),
)
async def create_policy(call: Call, project_id: UUID, body: PolicyIn) -> Policy:
    """In a dangerous project seats are confirmed only where one policy covers the whole shift and
    everybody on it."""
    return await insurance.add(call.actor, project_id, body)


@operations(
    "GET", "/policies/{policy_id}", Words("读取保单", "Read a policy"), refuses=("right_missing",)
)
async def read_policy(call: Call, policy_id: UUID) -> Policy:
    """One policy, for those who organise the project."""
    return await insurance.get(call.actor, policy_id)


@operations(
    "DELETE",
    "/policies/{policy_id}",
    Words("删除保单", "Remove a policy"),
    refuses=("right_missing", "policy_needed"),
)
async def delete_policy(call: Call, policy_id: UUID) -> None:
    """Not while people on shifts to come would be left without cover."""
    await insurance.remove(call.actor, policy_id, call.now)
