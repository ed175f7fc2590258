"""The Celery application: its queues, its schedule, and how messages survive.

A message holds a job's name and ids, nothing else. It is acknowledged after the work, so a worker
that dies gives it back; the database decides what a second delivery may still do.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import setup_logging

from jobs.logs import log_quietly
from services.outbox import Job
from services.settings import Settings, load_settings

BEYOND_SOLVING_SECONDS = 600
"""Loading, checking and storing, on top of the seconds that the solver gets. Half a minute
is what 200,000 people need; there may be ten times as many."""

BEYOND_LIMIT_SECONDS = 300
"""A message comes back when nobody can still be working on it: well after the hard time limit."""

TICKS: Mapping[str, float] = {
    "mulin.relay": 1,
    "mulin.expire_offers": 5,
    "mulin.give_free_seats": 5,
    "mulin.sweep_rounds": 5,
    "mulin.mark_stale_rounds": 15,
    "mulin.end_what_is_over": 15,
    "mulin.close_stays": 60,
    "mulin.tell_of_offers": 2,
    "mulin.ask_again_for_messages": 5,
    "mulin.keep_promises": 20,
    "mulin.remind_of_shifts": 30,
    "mulin.follow_series": 30,
    "mulin.cut_words": 10,
    "mulin.keep_ages": 600,
    "mulin.remind_of_skills": 900,
    "mulin.forget": 600,
    "mulin.retain": 1800,
    "mulin.purge": 3600,
}
"""Every how many seconds each tick comes. A tick that nobody took by the next one is dropped."""


def broker_address(redis_url: str) -> str:
    """Celery's name for the server that redis-py calls `redis_url`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={database}"


def configuration(settings: Settings) -> dict[str, Any]:
    """Celery's settings for these of ours."""
    time_limit = settings.round_seconds_max + BEYOND_SOLVING_SECONDS
    return {
        "broker_url": broker_address(settings.redis_url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": time_limit + BEYOND_LIMIT_SECONDS,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # The relay is told at once that the broker is away, and comes again a second later.
            "max_retries": 0,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        "result_backend": None,
        "task_ignore_result": True,
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": time_limit,
        "task_default_queue": "default",
        "task_routes": {
            job.value: {"queue": "solver"}
            for job in (Job.PLAN_ROUND, Job.SOLVE_PARTS, Job.PUBLISH_ROUND, Job.EXPLAIN_PLAN)
        },
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "timezone": "UTC",
        "beat_schedule": {
            name: {
                "task": name,
                "schedule": timedelta(seconds=seconds),
                "options": {"expires": max(2.0, seconds)},
            }
            for name, seconds in TICKS.items()
        },
    }


setup_logging.connect(log_quietly, weak=False)

settings = load_settings()
app = Celery(
    "mulin",
    include=[
        "jobs.messages",
        "jobs.daily",
        "jobs.forgetting",
        "jobs.minors",
        "jobs.explaining",
        "jobs.parts",
        "jobs.planning",
        "jobs.publishing",
        "jobs.relay",
        "jobs.ticks",
    ],
)
app.conf.update(configuration(settings))
