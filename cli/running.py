"""The commands that run the service: the whole house, or one part of it."""

import asyncio
import os
import socket
import sys
from typing import Annotated

import typer

from cli.environment import CODE_FOLDER, inherited_environment, load_house_settings
from cli.house import House, find_house
from cli.keyring import refuse_foreign_keys, take_keys_at_hand
from cli.servers.account import server_account
from cli.tree import QUEUES, scheduler_command, worker_command
from cli.words import HouseRefused, Phrase
from services.settings import Settings, load_settings

GRACEFUL_SECONDS = 5


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("up")(up)
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("scheduler")(scheduler)
    app.command("migrate")(migrate)
    app.command("demo")(demo)


def house_here() -> House:
    """The house of this checkout, whether it runs or not."""
    return find_house(load_house_settings(), server_account())


def reachable_settings() -> Settings:
    """The service's settings, for a command that works on its data.

    The addresses are those of the environment, else those of the house that runs on this machine.
    Raises HouseRefused if there is neither.
    """
    environment = inherited_environment()
    house = house_here()
    take_keys_at_hand(environment, house)
    if environment.get("DATABASE_URL"):
        return load_settings(environment)
    running = house.running()
    if running is None:
        raise HouseRefused(
            Phrase(
                "没有数据库：请先用 make run 启动睦邻，或设置 DATABASE_URL。",
                "There is no database: start Mulin with `make run`, or set DATABASE_URL.",
            )
        )
    environment["DATABASE_URL"] = running.database_url
    environment["DATABASE_OWNER_URL"] = running.database_owner_url
    environment.setdefault("REDIS_URL", running.redis_url)
    environment.setdefault("MULIN_ADDRESS", running.address)
    return load_settings(environment)


def up(
    demo: Annotated[bool, typer.Option(help="Make demo data and plan its week.")] = True,
) -> None:
    """Run everything on this machine: servers, web, workers, scheduler. 一键启动"""
    # Here and below: imports that cost up to a second, of which other commands have no need.
    from cli.up import run_house
    from cli.welcome import welcome

    run_house(load_house_settings(), welcome if demo else None)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    descriptor: Annotated[
        int | None, typer.Option(help="Listening socket inherited from a supervisor.")
    ] = None,
) -> None:
    """Run one web process. 网页服务"""
    import uvicorn

    house_settings = load_house_settings()
    asyncio.run(refuse_foreign_keys(load_settings()))
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        host=host or house_settings.host,
        port=port or house_settings.port,
        # Lines of an access log hold people's network addresses; the service logs for itself.
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        server_header=False,
    )
    sockets = None if descriptor is None else [socket.socket(fileno=descriptor)]
    uvicorn.Server(config).run(sockets)


def worker(
    queue: Annotated[str, typer.Option(help=f"One of: {', '.join(QUEUES)}.")] = "default",
    processes: Annotated[int | None, typer.Option(help="How many at once.")] = None,
) -> None:
    """Run a worker of one queue. 任务进程"""
    if queue not in QUEUES:
        raise typer.BadParameter(f"queue must be one of: {', '.join(QUEUES)}")
    asyncio.run(refuse_foreign_keys(load_settings()))
    _become(worker_command(queue, processes or QUEUES[queue]))


def scheduler() -> None:
    """Run the clock that starts due work; one in all. 定时器"""
    house = find_house(load_house_settings(), server_account())
    house.prepare()
    _become(scheduler_command(house.schedule))


def migrate() -> None:
    """Bring the database's tables up to date. 更新数据库表"""
    from services import database

    settings = reachable_settings()
    asyncio.run(database.migrate(settings.owner_url))
    typer.echo("数据库表已是最新  Database tables are up to date")


def demo(
    codes: Annotated[
        bool, typer.Option(help="Show what the authenticators of the demo's staff show now.")
    ] = False,
) -> None:
    """Make the demo data if they are not there, or show its codes. 演示数据"""
    from cli.demo import NO_DEMO, authenticator_codes, ensure_demo
    from services.database import open_runtime

    settings = reachable_settings()

    async def make() -> bool:
        async with open_runtime(settings.database_url):
            return await ensure_demo(settings) is not None

    async def look() -> dict[str, str]:
        async with open_runtime(settings.database_url):
            return await authenticator_codes()

    shown = asyncio.run(look()) if codes else {}
    if not (shown if codes else asyncio.run(make())):
        raise HouseRefused(NO_DEMO)
    for name, code in shown.items():
        typer.echo(f"{name:<16}{code}")
    if not codes:
        typer.echo("演示数据已就绪  The demo data are there")


def _become(command: list[str]) -> None:
    """Put the program in the place of this process, so that signals reach it directly."""
    os.chdir(CODE_FOLDER)
    sys.stdout.flush()
    os.execv(command[0], command)
