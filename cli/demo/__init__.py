"""A first look: one invented street with its people, and a week that needs them."""

from cli.demo.making import NO_DEMO, DemoSummary, ensure_demo
from cli.demo.week import plan_demo_week

__all__ = ["NO_DEMO", "DemoSummary", "ensure_demo", "plan_demo_week"]
