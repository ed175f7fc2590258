"""What the states of a claim are called: on pages, in refusals, and to whoever holds it."""

from collections.abc import Mapping
from typing import Final

from api.i18n import mark

CLAIM_WORDS: Final[Mapping[str, str]] = {
    "requested": mark("Waiting for the organiser"),
    "entered": mark("In the draw"),
    "waitlisted": mark("On the waiting list"),
    "offered": mark("Waiting for an answer"),
    "confirmed": mark("Confirmed"),
    "refused": mark("Not taken"),
    "declined": mark("Declined"),
    "expired": mark("Not answered in time"),
    "withdrawn": mark("Withdrawn"),
    "cancelled": mark("Cancelled"),
    "late_cancelled": mark("Cancelled late"),
    "seeking_standin": mark("Looking for a stand-in"),
    "handed_over": mark("Handed over"),
    "checked_in": mark("Checked in"),
    "served": mark("Served"),
    "no_show": mark("Did not come"),
    "excused": mark("Excused"),
    "called_off": mark("Called off"),
}

OWN_CLAIM_WORDS: Final[Mapping[str, str]] = {
    **CLAIM_WORDS,
    "offered": mark("Waiting for you"),
    "confirmed": mark("Signed up"),
    "cancelled": mark("Seat given back"),
}
SHIFT_CALLED_OFF: Final = mark("Called off by the organiser")
