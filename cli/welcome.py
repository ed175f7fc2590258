"""The first look around: demo data, one planning round over its week, and how to sign in."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.demo import NO_DEMO, DemoSummary, ensure_demo, open_session, plan_demo_week
from cli.steps import Steps
from cli.words import Phrase
from services.database import open_runtime
from services.settings import Settings


async def welcome(settings: Settings, steps: Steps) -> None:
    """Make the demo street, plan its week over HTTP and tell a newcomer how to look at it."""
    async with open_runtime(settings.database_url):
        with steps.step(Phrase("演示数据已就绪", "Demo data are there")):
            demo = await ensure_demo(settings)
            token = await open_session(settings) if demo else None
    if demo is None or token is None:
        steps.say(NO_DEMO)
        return
    round_ = await asyncio.to_thread(_plan, settings.address, token, demo, steps)
    steps.line()
    for phrase in result_in_words(round_, people=demo.people, shifts=demo.shifts):
        steps.say(phrase)
    steps.line()
    for who, path in _sign_ins(demo, round_["id"]):
        steps.say(who)
        steps.line(f"    {settings.address}{path}")
    steps.say(
        Phrase(
            "短信不会真的发出：验证码就印在这个终端里。",
            "No message really goes out: the codes appear in this terminal.",
        )
    )


def _plan(address: str, token: str, demo: DemoSummary, steps: Steps) -> dict[str, Any]:
    words = steps.words(Phrase("正在编排演示周", "Planning the demo week"))
    console = Console(file=sys.stdout)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task(words, total=1)

        def show(round_: Mapping[str, Any]) -> None:
            bar.update(task, completed=round_["progress"]["fraction"])

        return plan_demo_week(address, token, demo, show)


def _sign_ins(demo: DemoSummary, round_id: str) -> list[tuple[Phrase, str]]:
    staff, phones = " / ".join(demo.staff_names), " / ".join(demo.phones)
    return [
        (
            Phrase(
                f"志愿者：用手机号 {phones} 登录，看邀约、报名",
                f"As a volunteer: sign in with the number {phones}",
            ),
            "/sign-in",
        ),
        (
            Phrase(
                f"工作人员：{staff}，密码 {demo.password}，动态码见 .venv/bin/mulin demo --codes",
                f"As staff: {staff}, password {demo.password}, "
                "six digits: .venv/bin/mulin demo --codes",
            ),
            f"/sign-in/staff?back=/rounds/{round_id}",
        ),
    ]


def result_in_words(round_: Mapping[str, Any], *, people: int, shifts: int) -> list[Phrase]:
    """What came of the round, in one to three sentences."""
    plan = round_.get("plan")
    if plan is None:
        return [Phrase(f"编排未完成：{round_['state']}", f"The round ended as {round_['state']}")]
    first = Phrase(
        f"演示周 {shifts} 个班次、{people} 位志愿者："
        f"{plan['seats']} 个名额安排了 {plan['filled']} 个，用时 {plan['seconds']:.1f} 秒。",
        f"{shifts} shifts and {people} volunteers in the demo week: "
        f"{plan['filled']} of {plan['seats']} seats filled in {plan['seconds']:.1f} s.",
    )
    if plan["status"] == "optimal":
        proof = Phrase("已证明：没有更好的方案。", "Proven: no plan is better.")
    else:
        proof = Phrase(
            "方案有效；剩余差距见方案页。", "The plan is valid; its page shows the remaining gap."
        )
    empty = plan["seats"] - plan["filled"]
    if not empty:
        return [first, proof]
    return [
        first,
        proof,
        Phrase(
            f"{empty} 个名额空缺，方案页逐个说明原因。",
            f"{empty} seats stay empty; the plan's page says why for each.",
        ),
    ]
