"""Accounts and their roles: asking for a role, ending one, inviting staff."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.nodes import node_choices
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import rights, roles
from services.errors import Conflict, Defect, Forbidden, Invalid, NotFound, ServiceError
from services.paging import CURSOR_LENGTH_MAX
from services.rights import Actor, Right, RoleName
from services.roles import AccountQuery, GrantIn, StaffAccount, StaffIn

SHOWN: Final = 30
SAID: Final = {"ended": mark("The role is ended, and its owner is signed out.")}


async def show_list(request: Request) -> Response:
    return await _list_page(await reader_of(request))


async def end(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await roles.end(reader.require_actor(), request.path_params["grant_id"], reader.now)
    except Conflict as error:
        return await _list_page(reader, error)
    return go_to("/admin/roles?said=ended")


async def show_new(request: Request) -> Response:
    """The form to ask for a role; an account or a node may stand in the address already."""
    reader = await reader_of(request)
    form = {name: request.query_params.get(name, "") for name in ("name", "organisation_id", "q")}
    return await _form_page(reader, form)


async def ask(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    try:
        account = await _account_named(actor, text_of(form, "name"))
        await roles.request(actor, _command(reader, form, account.id), reader.now)
    except Invalid as error:
        return await _form_page(reader, form, _faults(reader, error))
    except (Conflict, Forbidden) as error:
        if isinstance(error, Forbidden) and error.reason == "right_missing":
            raise
        return await _form_page(reader, form, {"": sentence(reader, error)}, error)
    return go_to("/admin/approvals?whose=mine&said=asked")


async def show_new_account(request: Request) -> Response:
    return _account_page(await reader_of(request), {})


async def make_account(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    given = {name: text_of(form, name) for name in ("name", "display_name")}
    try:
        made = await roles.make_account(actor, read_command(given, StaffIn))
    except Invalid as error:
        return _account_page(reader, form, _faults(reader, error))
    except Conflict as error:
        return _account_page(reader, form, {"name": sentence(reader, error)})
    return await _invitation_page(reader, actor, made.id)


async def invite(request: Request) -> Response:
    """The code, on a page that is shown this once: nothing else holds it."""
    reader = await reader_of(request)
    try:
        return await _invitation_page(
            reader, reader.require_actor(), request.path_params["account_id"]
        )
    except Conflict as error:
        return await _list_page(reader, error)


async def _invitation_page(reader: Reader, actor: Actor, account_id: UUID) -> Response:
    invitation = await roles.invite(actor, account_id, reader.now)
    address = f"{reader.settings.address}/join"
    return page(reader, "admin-invitation.html", invitation=invitation, address=address)


async def _list_page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor, asked = reader.require_actor(), reader.request.query_params
    role = asked.get("role", "")
    search = asked.get("search", "").replace("\x00", "").strip()[:120]
    query = AccountQuery(
        limit=SHOWN,
        after=asked.get("after", "")[:CURSOR_LENGTH_MAX] or None,
        role=RoleName(role) if role in set(RoleName) else None,
        search=search or None,
    )
    found = await roles.list_page(actor, query)
    said = SAID.get(asked.get("said", ""))
    facts = {
        "accounts": found.items,
        "next": found.next,
        "search": search,
        "role": query.role,
        "all_roles": list(RoleName),
        "may_ask": rights.has(actor, Right.GRANT_ROLES),
        "may_make": rights.has(actor, Right.GRANT_ROLES)
        or rights.has(actor, Right.MANAGE_ACCOUNTS),
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "admin-roles.html", status_of(refused) if refused else 200, **facts)


async def _form_page(
    reader: Reader,
    form: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    refused: ServiceError | None = None,
) -> Response:
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.GRANT_ROLES)
    facts: dict[str, Any] = {
        "form": form,
        "faults": faults or {},
        "givable": roles.givable(actor),
        "three": roles.THREE,
        **await node_choices(actor, Right.GRANT_ROLES, form),
    }
    status = status_of(refused) if refused else 400 if faults else 200
    return page(reader, "admin-role-new.html", status, **facts)


async def _account_named(actor: Actor, name: str) -> StaffAccount:
    """The account of the name. Raises Invalid at its field where there is none."""
    try:
        return await roles.find(actor, name)
    except NotFound as error:
        raise Invalid([Defect("name", "account_unknown")]) from error


def _command(reader: Reader, form: Mapping[str, str], account_id: UUID) -> GrantIn:
    last_day = text_of(form, "last_day")
    given = {name: text_of(form, name) for name in ("role", "organisation_id", "reason")}
    command = read_command({**given, "account_id": str(account_id)}, GrantIn)
    if not last_day:
        return command
    return GrantIn(
        account_id=command.account_id,
        role=command.role,
        organisation_id=command.organisation_id,
        reason=command.reason,
        ends_at=_after_day(reader, last_day),
    )


def _after_day(reader: Reader, text: str) -> datetime:
    """The first instant after the day, in the service's zone."""
    at = reader.moments.read(text)
    if at is None or at.year > 9000:
        raise Invalid([Defect("last_day", "not_a_date")])
    return at + timedelta(days=1)


def _account_page(
    reader: Reader, form: Mapping[str, str], faults: Mapping[str, str] | None = None
) -> Response:
    actor = reader.require_actor()
    if not rights.has(actor, Right.MANAGE_ACCOUNTS):
        rights.require_anywhere(actor, Right.GRANT_ROLES)
    facts = {"form": form, "faults": faults or {}}
    return page(reader, "admin-account-new.html", 400 if faults else 200, **facts)


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    zone, fields = reader.settings.zone, {"ends_at": "last_day"}
    return {
        fields.get(defect.place, defect.place): messages.say_defect(defect, reader.language, zone)
        for defect in error.defects
    }
