"""`mulin found` and `mulin account`: the first organisation, and its first administrators."""

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import typer

from cli.running import reachable_settings
from cli.words import HouseRefused, Phrase
from models.accounts import RoleName

FIRST_ROLES = (RoleName.ORGANISER, RoleName.NODE_ADMINISTRATOR)
NEXT = Phrase(
    "接下来请用 mulin account 建立两位管理员：以后每次授权都要一人申请、另一人批准。",
    "Now make two administrators with mulin account: later, what one asks for another approves.",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("found")(found)
    app.command("account")(account)


def found(city: Annotated[str, typer.Argument(help="The name of the city.")]) -> None:
    """Make the first organisation, a city, under which all others lie. 建立城市"""
    # Here and below: the tables, of which other commands have no need.
    from services import organisations
    from services.database import open_runtime
    from services.errors import ServiceError

    settings = reachable_settings()

    async def make() -> UUID:
        async with open_runtime(settings.database_url):
            return (await organisations.create_root(city)).id

    try:
        made = asyncio.run(make())
    except ServiceError as refused:
        raise HouseRefused(
            Phrase(f"无法建立“{city}”：{refused.reason}", f"Not made: {refused.reason}")
        ) from refused
    typer.echo(str(made))
    typer.echo(f"{NEXT.zh}\n{NEXT.en}", err=True)


def account(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    organisation: Annotated[str, typer.Option(help="Of which one: its name or id.")] = "",
    role: Annotated[
        list[RoleName] | None,
        typer.Option(help="A role there, as often as needed; else organiser and administrator."),
    ] = None,
    renew: Annotated[
        bool,
        typer.Option(help="Of an account that is there: a new password and authenticator."),
    ] = False,
) -> None:
    """Let a member of staff sign in. 建立工作人员账号

    The password is asked for, or read from standard input. The first sign-in then sets up an
    authenticator. Volunteers need no account made: they sign in with their number.
    """
    from services.errors import Invalid, ServiceError

    if renew == bool(organisation):
        raise typer.BadParameter("name an organisation, or --renew an account")
    try:
        asyncio.run(_renew(name) if renew else _make(name, organisation, role or list(FIRST_ROLES)))
    except Invalid as refused:
        raise _refusal(refused.defects[0].code) from refused
    except ServiceError as refused:
        raise _refusal(refused.reason) from refused
    typer.echo(
        f"账号已就绪，首次登录时绑定验证器  Ready; set up an authenticator at sign-in: {name}"
    )


def _refusal(reason: str) -> HouseRefused:
    known = {
        "password_short": Phrase("密码至少 12 个字符。", "A password has at least 12 characters."),
        "password_is_name": Phrase(
            "密码不能和用户名相同。", "The password cannot be the name itself."
        ),
    }
    return HouseRefused(
        known.get(reason) or Phrase(f"未建立账号：{reason}", f"No account was made: {reason}")
    )


async def _make(name: str, organisation: str, roles: list[RoleName]) -> None:
    from services import accounts
    from services.database import open_runtime
    from services.errors import NotFound
    from services.imports import organisations_named

    password = _password()
    accounts.require_good_password(password, name)
    async with open_runtime(reachable_settings().database_url):
        ids = await organisations_named(organisation)
        if len(ids) != 1:
            raise NotFound("organisation_unknown" if not ids else "organisation_ambiguous")
        await accounts.create_account(name, password, *((role, ids[0]) for role in roles))


async def _renew(name: str) -> None:
    from services import accounts, clock
    from services.database import open_runtime
    from services.errors import NotFound

    password = _password()
    accounts.require_good_password(password, name)
    async with open_runtime(reachable_settings().database_url):
        account_id = await accounts.account_named(name)
        if account_id is None:
            raise NotFound("account_unknown")
        now = clock.now()
        await accounts.set_password(account_id, password, now)
        await accounts.forget_authenticator(account_id, now)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码  Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
