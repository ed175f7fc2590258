"""What workers write down: what happened to which id, never anybody's data.

The text of an exception may quote a row that the database refused, so only its kind and the place
in our code are written.
"""

import logging
import traceback
from types import TracebackType
from typing import Any

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"

# One line per message and tick would drown what matters.
CHATTY = ("celery.worker.strategy", "celery.app.trace", "celery.beat", "kombu")

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class QuietFormatter(logging.Formatter):
    """Says of an exception only what it is and where it was raised."""

    def formatException(self, ei: ExceptionInfo) -> str:
        kind, _, place = ei
        frames = traceback.extract_tb(place)
        where = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([*where, kind.__qualname__ if kind else "no exception"])


class WithoutTexts(logging.Filter):
    """Puts the kind of an exception where Celery would put its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        info = record.exc_info
        if isinstance(record.args, dict) and "exc" in record.args:
            kind = info[0].__qualname__ if info and info[0] else "exception"
            record.args = {**record.args, "exc": kind, "args": "…", "kwargs": "…"}
        record.exc_text = None
        return True


def log_quietly(loglevel: int | str | None = None, **_: Any) -> None:
    """Set up the logging of a worker or the scheduler, in place of Celery's own."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter(LINE))
    handler.addFilter(WithoutTexts())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(loglevel or logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # It writes the values of every statement at this level, and they are people's data.
    logging.getLogger("tortoise").setLevel(max(logging.INFO, root.level))
