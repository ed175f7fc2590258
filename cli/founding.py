"""`mulin found` and `mulin account`: the first organisation, and who may sign in."""

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import typer

from cli.running import reachable_settings
from cli.words import HouseRefused, Phrase

PASSWORD_LETTERS_MIN = 12


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


def account(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    organisation: Annotated[str, typer.Option(help="Of which one: its name or id.")],
    volunteer: Annotated[
        str, typer.Option(help="The key of a volunteer of it; without, an organiser's account.")
    ] = "",
) -> None:
    """Let somebody sign in; the password is asked for, or read from standard input. 建立账号"""
    from services.errors import ServiceError

    password = _password()
    try:
        asyncio.run(_make_account(name, password, organisation, volunteer))
    except ServiceError as refused:
        raise HouseRefused(
            Phrase(f"未建立账号：{refused.reason}", f"No account was made: {refused.reason}")
        ) from refused
    typer.echo(f"账号已建立  Account made: {name}")


def _password() -> str:
    if sys.stdin.isatty():
        password = str(typer.prompt("密码  Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < PASSWORD_LETTERS_MIN:
        raise HouseRefused(
            Phrase(
                f"密码至少 {PASSWORD_LETTERS_MIN} 个字符。",
                f"A password has at least {PASSWORD_LETTERS_MIN} characters.",
            )
        )
    return password


async def _make_account(name: str, password: str, organisation: str, volunteer: str) -> None:
    from models.core import RoleName, Volunteer
    from services import accounts
    from services.database import open_runtime
    from services.errors import NotFound
    from services.imports import organisations_named

    async with open_runtime(reachable_settings().database_url):
        ids = await organisations_named(organisation)
        if len(ids) != 1:
            raise NotFound("organisation_unknown" if not ids else "organisation_ambiguous")
        if not volunteer:
            await accounts.create_account(
                name,
                password,
                (RoleName.ORGANISER, ids[0]),
                (RoleName.NODE_ADMINISTRATOR, ids[0]),
            )
            return
        person = await Volunteer.get_or_none(organisation_id=ids[0], external_key=volunteer)
        if person is None:
            raise NotFound("volunteer_unknown")
        await accounts.create_account(name, password, volunteer_id=person.id)
