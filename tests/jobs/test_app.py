"""What Celery is told, and what its processes write down."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from celery import Celery

from jobs.app import TICKS, app, broker_address, configuration
from jobs.logs import log_quietly
from services.outbox import Job
from services.planning.storing import LOOK_SECONDS
from services.settings import Settings

SECRET = "Ada Lovelace, 13800000000"


@pytest.mark.parametrize(
    ("ours", "celerys"),
    [
        (
            "unix:///run/mulin/valkey.sock?db=3",
            "redis+socket:///run/mulin/valkey.sock?virtual_host=3",
        ),
        ("unix:///run/mulin/valkey.sock", "redis+socket:///run/mulin/valkey.sock?virtual_host=0"),
        ("unix://:word@/run/v.sock", "redis+socket://:word@/run/v.sock?virtual_host=0"),
        ("redis://broker:6379/2", "redis://broker:6379/2"),
        ("rediss://broker:6379/2", "rediss://broker:6379/2"),
    ],
)
def test_the_broker_is_named_as_celery_wants(ours: str, celerys: str) -> None:
    assert broker_address(ours) == celerys


@pytest.mark.parametrize("seconds", [1, 600, 86_400])
def test_a_message_comes_back_only_when_nobody_can_still_be_working_on_it(seconds: int) -> None:
    told = configuration(Settings(round_seconds_max=seconds))

    assert told["task_time_limit"] > seconds
    assert told["broker_transport_options"]["visibility_timeout"] > told["task_time_limit"]


def test_messages_are_json_and_no_result_is_kept() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.result_backend is None
    assert app.conf.task_ignore_result
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert not app.conf.worker_enable_remote_control


def test_every_job_and_every_tick_is_a_task_with_a_limit() -> None:
    app.loader.import_default_modules()

    ours = {name for name in app.tasks if name.startswith("mulin.")}
    assert ours == {*TICKS, *(job.value for job in Job)}
    assert set(app.conf.beat_schedule) == set(TICKS)
    for name in ours:
        assert app.tasks[name].time_limit or app.conf.task_time_limit
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] >= 2


def test_planning_has_its_own_queue_and_ticks_do_not_wait_behind_it() -> None:
    router = app.amqp.router

    assert router.route({}, Job.PLAN_ROUND.value)["queue"].name == "solver"
    assert router.route({}, "mulin.relay")["queue"].name == "default"


def test_only_a_worker_that_solves_loads_the_solver() -> None:
    loads = "import jobs.app, jobs.relay, jobs.ticks, jobs.planning, sys"
    code = f"{loads}; print('ortools' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert said.stdout.strip() == "False"


@contextmanager
def written() -> Iterator[io.StringIO]:
    """What a worker would write, with the logging of the tests put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    try:
        log_quietly(logging.INFO)
        output = io.StringIO()
        [handler] = root.handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(output)
        yield output
    finally:
        root.handlers = handlers
        root.setLevel(level)


def test_an_exception_is_written_without_its_text() -> None:
    with written() as output:
        try:
            raise ValueError(f"Key (name)=({SECRET}) already exists")
        except ValueError:
            logging.getLogger("jobs.planning").exception("round %s failed", "42")

    said = output.getvalue()
    assert "round 42 failed" in said
    assert "ValueError" in said
    assert "test_an_exception_is_written_without_its_text" in said
    assert SECRET not in said


def test_a_task_that_fails_is_written_without_its_text_and_arguments() -> None:
    failing = Celery("failing", set_as_current=False)

    @failing.task(name="failing.task", bind=True)
    def fail(self: object, who: str) -> None:
        raise LookupError(f"no row for {who}")

    with written() as output:
        fail.apply(args=[SECRET])

    said = output.getvalue()
    assert "failing.task" in said
    assert "LookupError" in said
    assert SECRET not in said


def test_rounds_are_looked_at_as_often_as_their_turns_are_counted() -> None:
    assert TICKS["mulin.mark_stale_rounds"] == LOOK_SECONDS
