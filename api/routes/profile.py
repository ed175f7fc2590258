"""What the person who is signed in says of themselves."""

from datetime import date

from api.layer.operations import Call, Operations, Words
from services import overview, profile, rights
from services.overview import Overview
from services.profile import Availability, AvailabilityIn, Profile, ProfileIn

operations = Operations("me", Words("我", "Me"))


def today(call: Call) -> date:
    """The local day of the service."""
    return call.now.astimezone(call.settings.zone).date()


@operations("GET", "/me", Words("我的概览", "Read me at a glance"), refuses=("volunteers_only",))
async def read_me(call: Call) -> Overview:
    """The next shift, what was given, and what is worth the person's attention."""
    person = rights.require_person(call.actor)
    return await overview.overview(call.actor, person, call.now, call.settings)


@operations(
    "GET", "/me/profile", Words("我的资料", "Read my profile"), refuses=("volunteers_only",)
)
async def read_profile(call: Call) -> Profile:
    """How much and how far, from where, and what the person likes."""
    return await profile.get(call.actor, rights.require_person(call.actor))


@operations(
    "PUT", "/me/profile", Words("修改我的资料", "Change my profile"), refuses=("volunteers_only",)
)
async def replace_profile(call: Call, body: ProfileIn, if_match: str) -> Profile:
    """Writes it anew; what is left out takes its default. No organiser has to agree."""
    person = rights.require_person(call.actor)
    return await profile.replace(call.actor, person, body, if_match)


@operations(
    "GET",
    "/me/availability",
    Words("我的可服务时间", "Read when I have time"),
    refuses=("volunteers_only",),
)
async def read_availability(call: Call) -> Availability:
    """Weekly windows in the service's local time, and the days that are different."""
    return await profile.availability(call.actor, rights.require_person(call.actor))


@operations(
    "PUT",
    "/me/availability",
    Words("修改我的可服务时间", "Change when I have time"),
    refuses=("volunteers_only",),
)
async def replace_availability(call: Call, body: AvailabilityIn, if_match: str) -> Availability:
    """Writes it anew. Seats that are promised stay promised."""
    person = rights.require_person(call.actor)
    return await profile.replace_availability(call.actor, person, body, if_match)
