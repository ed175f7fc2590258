"""A first look: one invented street with its people, and a week that needs them."""

from cli.demo.making import (
    NO_DEMO,
    DemoSummary,
    authenticator_codes,
    ensure_demo,
    open_session,
)
from cli.demo.week import plan_demo_week

__all__ = [
    "NO_DEMO",
    "DemoSummary",
    "authenticator_codes",
    "ensure_demo",
    "open_session",
    "plan_demo_week",
]
