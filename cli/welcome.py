"""The first look around: demo data, one planning round over its week, and how to sign in."""

from cli.demo import ensure_demo
from cli.steps import Steps
from cli.words import Phrase
from services.database import open_runtime
from services.settings import Settings


async def welcome(settings: Settings, steps: Steps) -> None:
    """Make the demo street if it is not there, and tell a newcomer how to look at it."""
    with steps.step(Phrase("演示数据已就绪", "Demo data are there")):
        async with open_runtime(settings.database_url):
            summary = await ensure_demo(settings)
    names = "、".join((summary.organiser_name, *summary.volunteer_names))
    steps.line()
    steps.say(
        Phrase(
            f"演示账号：{names}；密码：{summary.password}",
            f"Demo sign-ins: {names}; password: {summary.password}",
        )
    )
