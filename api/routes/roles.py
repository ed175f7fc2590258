"""Accounts of staff and the roles that they hold at nodes."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import roles
from services.approvals import Approval
from services.paging import Page
from services.roles import AccountQuery, GrantIn, Invitation, StaffAccount, StaffIn

operations = Operations("roles", Words("角色与账号", "Roles and accounts"))


@operations("GET", "/accounts", Words("列出账号", "List accounts"), refuses=("right_missing",))
async def list_accounts(call: Call, query: AccountQuery) -> Page[StaffAccount]:
    """The accounts that hold a role in the account's subtree, each with its roles there."""
    return await roles.list_page(call.actor, query)


@operations(
    "GET",
    "/accounts/{account_id}",
    Words("读取账号", "Read an account"),
    refuses=("right_missing",),
)
async def read_account(call: Call, account_id: UUID) -> StaffAccount:
    """An account that holds a role in the account's subtree."""
    return await roles.get(call.actor, account_id)


@operations(
    "POST",
    "/accounts",
    Words("建立账号", "Make an account"),
    status=201,
    location="/accounts/{id}",
    refuses=("right_missing", "name_taken"),
)
async def create_account(call: Call, body: StaffIn) -> StaffAccount:
    """An account for somebody new. It has no role, and nobody can use it before its invitation."""
    return await roles.make_account(call.actor, body)


@operations(
    "POST",
    "/accounts/{account_id}/invitation",
    Words("邀请账号的主人", "Invite an account's owner"),
    refuses=("right_missing", "invitation_over"),
)
async def invite_account(call: Call, account_id: UUID) -> Invitation:
    """The code with which the owner of a new account sets password and authenticator.

    It is given this once, and is good once and for three days; one that was given before is good
    no more. Hand it over by a way that only its owner has.
    """
    return await roles.invite(call.actor, account_id, call.now)


@operations(
    "POST",
    "/role-grants",
    Words("申请授予角色", "Ask for a role to be given"),
    status=202,
    location="/approvals/{id}",
    refuses=(
        "right_missing",
        "not_for_oneself",
        "role_not_yours",
        "top_only",
        "account_not_active",
        "organisation_not_active",
        "already_held",
        "already_asked",
        "three_apart",
        "people_only",
    ),
)
async def create_role_grant(call: Call, body: GrantIn) -> Approval:
    """A request that a second person approves (`/approvals`); the role is there from then on."""
    return await roles.request(call.actor, body, call.now)


@operations(
    "DELETE",
    "/role-grants/{grant_id}",
    Words("收回角色", "End a role"),
    refuses=("right_missing", "role_not_yours", "top_only", "last_of_its_kind"),
)
async def end_role_grant(call: Call, grant_id: UUID) -> None:
    """Ends a role at once, and the sessions of its account with it. One person suffices."""
    await roles.end(call.actor, grant_id, call.now)
