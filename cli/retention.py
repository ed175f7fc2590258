"""`mulin retention run`: find whom nobody has heard of for years, tell them, and count."""

import asyncio
from typing import Annotated

import typer

from cli.environment import inherited_environment
from cli.running import reachable_settings
from cli.words import Phrase, language_of

EXIT_CAPPED = 3


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    retention = typer.Typer(
        no_args_is_help=True, help="Forgetting what is needed no more. 保存期限"
    )
    retention.callback()(_only_subcommands)
    retention.command("run")(run)
    app.add_typer(retention, name="retention")


def _only_subcommands() -> None:
    """Forgetting what is needed no more. 保存期限"""


def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count; write nothing at all.")
    ] = False,
) -> None:
    """Tell those whose time has come; they are forgotten a week later. 执行保存期限

    Exit code 3 if there are more than one run may touch: nobody is touched then.
    """
    # Here: the tables, of which other commands have no need.
    from services import clock, retention
    from services.database import open_runtime

    settings = reachable_settings()

    async def work() -> retention.RetentionPreview | retention.RetentionRun:
        async with open_runtime(settings.database_url, 1):
            if dry_run:
                return await retention.preview_everywhere(clock.now(), settings)
            return await retention.run_everywhere(clock.now(), settings)

    result = asyncio.run(work())
    language = language_of(inherited_environment())
    report = result.report
    lines = [
        Phrase(
            f"长期没有消息：{report.inactive} 人",
            f"Not heard of for years: {report.inactive}",
        ),
        Phrase(
            f"登记后从未出现：{report.never_came} 人",
            f"Registered and never seen: {report.never_came}",
        ),
        Phrase(
            f"不再需要的证件号码：{report.documents} 个",
            f"Numbers of documents that nobody needs: {report.documents}",
        ),
        _verdict(result.found, result.people_max, capped=result.is_capped, dry_run=dry_run),
    ]
    for line in lines:
        typer.echo(line.in_language(language), err=result.is_capped)
    if result.is_capped:
        raise SystemExit(EXIT_CAPPED)


def _verdict(found: int, people_max: int, *, capped: bool, dry_run: bool) -> Phrase:
    if capped:
        return Phrase(
            f"✗ 共 {found} 人，超过一次最多 {people_max} 人的上限：没有动任何人。请检查设置。",
            f"✗ {found} people are more than the {people_max} that one run may touch: nobody was "
            "touched. Please look at the settings.",
        )
    if dry_run:
        return Phrase(
            f"共 {found} 人（上限 {people_max}）。这是试运行，什么都没有写入。",
            f"{found} people ({people_max} at most). This was a dry run: nothing was written.",
        )
    return Phrase(
        f"✓ 已通知 {found} 人（上限 {people_max}）；七天内没有登录的将被删除。",
        f"✓ {found} people were told ({people_max} at most); who does not sign in within seven "
        "days is forgotten.",
    )
