"""Rules of the house that no other tool checks."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from services.settings import UNPREFIXED, Settings, load_settings
from tests.house.catalogues import defects
from tests.house.files import CHECKOUT, committed_files

# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot)(?![\w-])"),
    "a host that packages come from": re.compile(
        r"py" r"pi\b|python" r"hosted|npm" r"js|deb\.deb" r"ian|crates\." r"io", re.IGNORECASE
    ),
}
LOADED_FROM_ELSEWHERE = re.compile(
    r"""(?:\bsrc\s*=\s*["']?|url\(\s*["']?|@import\s+["']?|<link[^>]*\bhref\s*=\s*["']?)"""
    r"""(?:https?:)?//(?!www\.w3\.org)""",
    re.IGNORECASE,
)
VERBS = ("run", "test", "setup", "check", "bench", "prove", "clean", "help")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_text_names(what: str) -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:80]}"
        for path in committed_files("*")
        for number, line in enumerate(_text(path).splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert not found


def test_pages_load_nothing_from_elsewhere() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in committed_files("*.html", "*.css", "*.js", "*.svg")
        for match in LOADED_FROM_ELSEWHERE.finditer(_text(path))
    ]

    assert not found


@pytest.mark.parametrize("verb", VERBS)
def test_make_has_the_verb_with_one_line_of_help(verb: str) -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")

    helped = re.findall(rf"^{verb}:.*## (.+)$", makefile, re.MULTILINE)

    assert len(helped) == 1
    assert len(helped[0]) <= 100


def test_make_alone_lists_the_verbs() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout

    assert [line.split()[1] for line in listed.splitlines()] == list(dict.fromkeys(_verbs()))


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(CHECKOUT)}: {target}"
        for path in committed_files("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", _text(path))
        if not target.startswith(("http://", "https://", "mailto:"))
        and not (path.parent / target).exists()
    ]

    assert not broken


def test_the_catalogues_are_whole() -> None:
    assert not list(defects())


def test_tests_neither_sleep_nor_ask_for_the_time_of_day() -> None:
    """A test that waits for a length of time is slow on good days and wrong on bad ones."""
    # The pause of a bounded poll is not meant; it is named so, or too short to be anything else.
    pattern = re.compile(r"\b(?:time|asyncio)\.sleep\((?!0\)|POLL_|0\.0\d\))|datetime\.now\(")
    allowed = {"tests/support/waiting.py", "tests/house/test_house.py"}
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in committed_files("*.py")
        if path.is_relative_to(CHECKOUT / "tests")
        and not path.is_relative_to(CHECKOUT / "tests" / "proofs")  # Their reports are dated.
        and str(path.relative_to(CHECKOUT)) not in allowed
        for number, line in enumerate(_text(path).splitlines(), 1)
        if pattern.search(line)
    ]

    assert not found


def _verbs() -> list[str]:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)


def _text(path: Path) -> str:
    """The text of a file; nothing for one that is not text."""
    content = path.read_bytes()
    return "" if b"\0" in content[:8192] else content.decode("utf-8", errors="replace")


def test_every_pinned_library_has_its_decision() -> None:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    pins = project["dependencies"] + project["optional-dependencies"]["test"]
    records = "".join(_text(path) for path in committed_files("docs/decisions/*.md"))

    missing = [
        f"{name} {version}"
        for name, version in (re.sub(r"\[.*?\]", "", pin).split("==") for pin in pins)
        if f"| {name} | {version} |" not in records
    ]

    assert not missing


def test_every_setting_is_in_the_example_with_its_default() -> None:
    example = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))

    settings = load_settings(given)

    # Where the web listens is where it is reached, unless a proxy's address is given.
    assert settings == load_settings({})
    assert {_variable(name) for name in Settings.__struct_fields__} <= given.keys()


def _variable(field: str) -> str:
    name = field.upper()
    return name if name in UNPREFIXED else f"MULIN_{name}"


def test_no_template_asks_an_imported_macro_for_a_fact() -> None:
    """A macro hides what the page was given under the same name, and has no such fact."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    found = []
    for path in sorted((CHECKOUT / "api" / "templates").rglob("*.html")):
        tree = environment.parse(path.read_text("utf-8"))
        macros = {
            name if isinstance(name, str) else name[1]
            for each in tree.find_all(nodes.FromImport)
            for name in each.names
        }
        found += [
            f"{path.name}:{each.lineno}: {each.node.name}.{each.attr}"
            for each in tree.find_all(nodes.Getattr)
            if isinstance(each.node, nodes.Name) and each.node.name in macros
        ]
    assert not found
