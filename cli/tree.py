"""The processes of a running house: servers, web, workers, scheduler, sealer."""

import sys
from collections.abc import Mapping
from pathlib import Path

from cli.environment import CODE_FOLDER
from cli.house import House
from cli.servers import postgres, valkey
from cli.servers.postgres import PostgresServer
from cli.servers.valkey import ValkeyServer
from cli.supervisor import Child

QUEUES: Mapping[str, int] = {"default": 2, "solver": 1}  # Processes for each.
PRINT_VARIABLE = "MULIN_PRINT_DESCRIPTOR"
WORKER_STOP_SECONDS_MAX = 6.0  # A solving worker is then cut off; its round is taken up again.
WEB_STOP_SECONDS_MAX = 6.0


def postgres_child(server: PostgresServer, log: Path) -> Child:
    return Child(
        name="postgres",
        command=server.command(),
        folder=server.data,
        log=log,
        environment={},
        stop_signal=postgres.STOP_SIGNAL,
        orphan_signal=postgres.STOP_SIGNAL,
        stop_seconds_max=30,
        is_server=True,
        options=server.account.process_options(),
        before_start=server.prepare,
    )


def valkey_child(server: ValkeyServer, log: Path) -> Child:
    return Child(
        name="valkey",
        command=server.command(),
        folder=server.data,
        log=log,
        environment={},
        stop_signal=valkey.STOP_SIGNAL,
        orphan_signal=valkey.STOP_SIGNAL,
        stop_seconds_max=15,
        is_server=True,
        options=server.account.process_options(),
        before_start=server.prepare,
    )


def web_child(house: House, environment: Mapping[str, str], descriptor: int) -> Child:
    """The web process. The supervisor keeps the listening socket, so that callers wait through a
    restart instead of being refused."""
    return Child(
        name="web",
        command=[sys.executable, "-m", "cli", "serve", "--descriptor", str(descriptor)],
        folder=CODE_FOLDER,
        log=house.logs / "web.log",
        environment=environment,
        stop_seconds_max=WEB_STOP_SECONDS_MAX,
        descriptors=[descriptor],
    )


def program_children(house: House, environment: Mapping[str, str], terminal: int) -> list[Child]:
    """The workers, the scheduler and the sealer of the log.

    Messages that are only printed go to `terminal`, an open descriptor of whoever started the
    house, instead of into a log that nobody looks at.
    """
    environment = {**environment, PRINT_VARIABLE: str(terminal)}
    commands = {
        f"worker-{queue}": worker_command(queue, processes) for queue, processes in QUEUES.items()
    }
    commands["scheduler"] = scheduler_command(house.schedule)
    commands["sealer"] = [sys.executable, "-m", "cli", "sealer"]
    return [
        Child(
            name=name,
            command=command,
            folder=CODE_FOLDER,
            log=house.logs / f"{name}.log",
            environment=environment,
            stop_seconds_max=WORKER_STOP_SECONDS_MAX,
            descriptors=[terminal],
        )
        for name, command in commands.items()
    ]


def worker_command(queue: str, processes: int) -> list[str]:
    """A Celery worker of one queue. It tells no other worker of itself: they have no need of it."""
    return [
        *_celery("worker"),
        f"--queues={queue}",
        f"--hostname={queue}@%h",
        f"--concurrency={processes}",
        "--without-mingle",
        "--without-gossip",
    ]


def scheduler_command(schedule: Path) -> list[str]:
    """Celery's clock. There must be one in all; a second only makes the same ticks twice."""
    return [*_celery("beat"), f"--schedule={schedule}", "--pidfile="]


def _celery(command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app=jobs.app:app", command, "--loglevel=INFO"]
