"""The report of a plan as lines of text: a table with a bar of letters for each share."""

from collections.abc import Iterator, Mapping

from cli.words import Language, Phrase
from matcher.report import NEWCOMERS, NOWHERE, OTHERS, PEOPLE_LEAST, REST, Bar, Group, Report

BAR_LETTERS = 20

NAMES: Mapping[str, Phrase] = {
    "everybody": Phrase("全体", "everybody"),
    "under_18": Phrase("18 岁以下", "under 18"),
    "18_25": Phrase("18–25 岁", "18–25"),
    "26_35": Phrase("26–35 岁", "26–35"),
    "36_59": Phrase("36–59 岁", "36–59"),
    "60_plus": Phrase("60 岁及以上", "60 and over"),
    NEWCOMERS: Phrase("此前未服务过", "served nothing before"),
    OTHERS: Phrase("此前服务过", "served before"),
    REST: Phrase("其余合计", "the others together"),
    NOWHERE: Phrase("未填住址", "no home given"),
}
COLUMNS = Phrase(
    "人数  有安排  久未轮到  班次/人  之前小时 均值·中位·基尼  之后小时 均值·中位·基尼",
    "people  served  waiting  lines each  hours before mean·median·Gini  hours after",
)


def report_lines(report: Report, language: Language) -> Iterator[str]:
    """The whole report."""
    if report.everybody is None:
        few = f"fewer than {PEOPLE_LEAST} people: nothing is shown of them"
        yield Phrase(f"不足 {PEOPLE_LEAST} 人，不予显示", few).in_language(language)
        return
    yield COLUMNS.in_language(language)
    yield _group(report.everybody, language)
    sections = (
        (Phrase("按年龄", "by age"), report.by_age),
        (Phrase("按新老", "by newcomers"), report.by_newcomer),
        (
            Phrase("按住处（方格西南角，纬度, 经度）", "by home (south-western corner)"),
            report.by_place,
        ),
    )
    for title, groups in sections:
        yield f"— {title.in_language(language)}"
        yield from (_group(each, language) for each in groups)
    bars = (
        (Phrase("班次数的分布", "how many lines each"), report.lines),
        (Phrase("之前小时的分布", "hours each before"), report.hours_before),
        (Phrase("之后小时的分布", "hours each after"), report.hours_after),
    )
    for title, row in bars:
        yield f"— {title.in_language(language)}"
        yield from (_bar(each, language) for each in row)
    if report.could_serve is not None:
        yield Phrase(
            f"久未轮到的人中 {report.could_serve}% 本有岗位可去",
            f"of those who wait, {report.could_serve}% could have served somewhere",
        ).in_language(language)


def _group(group: Group, language: Language) -> str:
    known = NAMES.get(group.name)
    name = known.in_language(language) if known else group.name
    before, after = group.before, group.after
    return (
        f"{name}: ≈{group.people}  {group.with_offer}%  {group.waiting}%  {group.lines:.2f}  "
        f"{before.mean:.1f}·{before.median:.1f}·{before.gini:.2f}  "
        f"{after.mean:.1f}·{after.median:.1f}·{after.gini:.2f}"
    )


def _bar(bar: Bar, language: Language) -> str:
    if bar.share is None:
        few = Phrase(f"不足 {PEOPLE_LEAST} 人", f"fewer than {PEOPLE_LEAST}")
        return f"{bar.start:>4}+  {few.in_language(language)}"
    return f"{bar.start:>4}+  {'█' * round(BAR_LETTERS * bar.share / 100)} {bar.share}%"
