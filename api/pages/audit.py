"""The log as those who watch read it, and how far it is sealed."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import translations
from api.layer.language import Language
from api.pages.reader import Reader, reader_of
from api.pages.rendering import page
from api.sentences import SENTENCES
from api.sentences.audit_values import words_for
from services import audit_reading
from services.audit_reading import Act, AuditQuery
from services.paging import CURSOR_LENGTH_MAX
from services.recipients import RECIPIENTS

SHOWN: Final = 50
LATE_SECONDS: Final = 5.0  # By then every line has its seal while the sealer runs.
PLACE: Final = re.compile(r"\{[^}]*\}")
"""What an address holds in the place of an id."""
NAMED: Final = ("act", "account_id", "subject_id", "since", "until")


async def show_lines(request: Request) -> Response:
    """The lines that the address asks for. What in it makes no sense is left out, and said."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    asked = {name: request.query_params.get(name, "").strip()[:60] for name in NAMED}
    found = await audit_reading.list_page(actor, _query(reader, asked))
    facts = {
        "lines": found.items,
        "older": _link(asked, found.next) if found.next else None,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "faulty": [name for name in ("account_id", "subject_id") if _is_faulty(asked[name])],
        "acts": list(Act),
        "chain": await audit_reading.chain_state(actor),
        "late_seconds": LATE_SECONDS,
        "said_time": partial(_said_time, reader),
        "value_words": partial(value_words, reader.language),
        "is_id": lambda text: _id(text) is not None,
        "link": lambda **changes: _link({**dict.fromkeys(NAMED, ""), **changes}, None),
    }
    return page(reader, "admin-audit.html", **facts)


def value_words(language: Language, fact: str, value: str) -> str:
    """A text in a fact of a line, in words; what is no code is shown as it is."""
    pair = words_for(fact, value)
    if pair is not None:
        return pair.zh if language == "zh" else pair.en
    if fact == "reason" and value in SENTENCES:
        refusal = SENTENCES[value]
        return refusal.title_zh if language == "zh" else refusal.title_en
    if fact == "recipient" and value in RECIPIENTS:
        name = RECIPIENTS[value].name
        return name.zh if language == "zh" else name.en
    return PLACE.sub("…", value) if fact == "route" else value


def _said_time(reader: Reader, seconds: float) -> str:
    if seconds < 60:
        return translations(reader.language).gettext("less than a minute")
    return reader.moments.length(int(seconds) // 60)


def _query(reader: Reader, asked: dict[str, str]) -> AuditQuery:
    since, until = _day(asked["since"]), _day(asked["until"])
    midnight = reader.moments.midnight
    return AuditQuery(
        limit=SHOWN,
        after=reader.request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None,
        act=Act(asked["act"]) if asked["act"] in set(Act) else None,
        account_id=_id(asked["account_id"]),
        subject_id=_id(asked["subject_id"]),
        since=midnight(since) if since else None,
        before=midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def _link(asked: dict[str, Any], after: str | None) -> str:
    pairs = [(name, value) for name, value in (*asked.items(), ("after", after)) if value]
    return f"/admin/audit?{urlencode(pairs)}" if pairs else "/admin/audit"


def _is_faulty(text: str) -> bool:
    return bool(text) and _id(text) is None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
