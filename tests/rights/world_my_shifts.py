"""What Ada and Kid do with their seats: hand them on, come together, come every week."""

from datetime import timedelta
from typing import Any

from tests.rights.side import DAY, Side


def add_my_shifts(here: Side) -> None:
    """Of each what a person can have: a hand-over by a link, a group, a series, a calendar's
    address, their reminders."""
    for name in ("ada", "kid"):
        claim = here.id(f"confirmed {name}")
        own: Any = {"volunteer_id": here.id(name), "persons": (name,)}
        here.add(
            "hand_over",
            f"hand-over of {name}",
            claim_id=claim,
            is_open_to_all=False,
            state="open",
            persons=(name,),
            opens=(("work", "hood"),),
        )
        here.add(
            "buddy_group",
            f"buddies of {name}",
            shift_id=here.id("project 2"),
            size=3,
            state="gathering",
            is_planned_together=False,
            persons=(name,),
        )
        here.add(
            "buddy_member",
            f"{name} with buddies",
            group_id=here.id(f"buddies of {name}"),
            risk_statement_version=1,
            **own,
        )
        _add_series(here, name, own)
        here.add("calendar_feed", f"feed of {name}", **own)
        here.add("reminder_setting", f"leads of {name}", lead_minutes="[60]", **own)
        here.add(
            "reminder",
            f"reminder of {name}",
            claim_id=claim,
            lead_minutes=60,
            starts_at=here.now + DAY,
            due_at=here.now + DAY - timedelta(hours=1),
            **own,
        )


def _add_series(here: Side, name: str, own: Any) -> None:
    here.add(
        "series",
        f"series of {name}",
        project_id=here.id("project"),
        start_minute=540,
        risk_statement_version=1,
        starts_on=here.now.date(),
        role_key=None,
        version=1,
        **own,
    )
    of_series: Any = {"series_id": here.id(f"series of {name}"), "persons": (name,)}
    here.add("series_skip", f"skip of {name}", day=here.now.date() + 7 * DAY, **of_series)
    here.add("series_outcome", f"outcome of {name}", shift_id=here.id("project 1"), **of_series)
