"""Planning the demo week as an organiser's script would: over HTTP, with the running service."""

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from cli.demo.making import DemoSummary

POLL_SECONDS = 0.2
UNDER_WAY = ("draft", "solving")


class ApiRefused(Exception):
    """The service answered a request of ours with a problem."""


def plan_demo_week(
    address: str, token: str, demo: DemoSummary, on_progress: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """Ask for a round over the demo week and wait until it is done; returns the round as stored.

    `token` is of a session of the organiser's, which ends. `on_progress` gets the round each time
    it is looked at. Raises ApiRefused.
    """
    try:
        _discard_earlier(address, token)
        asked = {
            "organisation_id": str(demo.organisation_id),
            "horizon_start": demo.horizon_start.isoformat(),
            "horizon_end": demo.horizon_end.isoformat(),
        }
        round_ = _call(address, "POST", "/api/v1/rounds", token, asked)
        while round_["state"] in UNDER_WAY:
            on_progress(round_)
            time.sleep(POLL_SECONDS)
            round_ = _call(address, "GET", f"/api/v1/rounds/{round_['id']}", token)
        on_progress(round_)
        return round_
    finally:
        _call(address, "DELETE", "/api/v1/sessions/current", token)


def _discard_earlier(address: str, token: str) -> None:
    """Proposals of earlier first looks that nobody published would only pile up."""
    for round_ in _call(address, "GET", "/api/v1/rounds?limit=100", token)["items"]:
        if round_["state"] == "proposed":
            _call(address, "POST", f"/api/v1/rounds/{round_['id']}/discard", token, {})


def _call(
    address: str, method: str, path: str, token: str | None, body: object = None
) -> dict[str, Any]:
    parts = urlsplit(address)
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = make(parts.netloc, timeout=30)
    headers = {"Accept": "application/json", "Accept-Language": "zh-CN"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": f'"{uuid4()}"'}
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise ApiRefused(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
    return dict(json.loads(text)) if text else {}
