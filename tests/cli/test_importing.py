"""`mulin import` as somebody types it, on a real database."""

import asyncio
import os
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from cli.main import main

INSTANCES = os.environ.get("MULIN_INSTANCES", "")
SHEET = "编号,姓名,年龄\nA1,张三,17\nA2,李四,{age}\n"


@pytest.fixture
def city(database_url: str) -> str:
    """A city in the database that the commands use; its name."""
    execute(
        database_url,
        "INSERT INTO organisation (id, created_at, kind, name, state) "
        "VALUES ($1, now(), 'city', $2, 'active')",
        uuid4(),
        "上海市",
    )
    return "上海市"


def execute(url: str, sql: str, *arguments: object) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(sql, *arguments)
        await connection.close()

    asyncio.run(run())


def counted(url: str, table: str) -> int:
    async def run() -> int:
        connection = await asyncpg.connect(url)
        count = await connection.fetchval(f"SELECT count(*) FROM {table}")
        await connection.close()
        return int(count)

    return asyncio.run(run())


class Terminal:
    """The command line in this process: what it says and the code it ends with."""

    def __init__(
        self, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        monkeypatch.setenv("DATABASE_URL", url)

    def __call__(self, *arguments: str, language: str = "en_US.UTF-8") -> tuple[int, str]:
        self.monkeypatch.setenv("LC_ALL", language)
        self.monkeypatch.setattr(sys, "argv", ["mulin", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err


@pytest.fixture
def mulin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    return Terminal(database_url, monkeypatch, capsys)


def test_report_first_then_all_or_nothing(
    mulin: Terminal, database_url: str, city: str, tmp_path: Path
) -> None:
    sheet = tmp_path / "people.csv"
    command = ("import", str(sheet), "--kind", "people", "--organisation", city)

    sheet.write_bytes(SHEET.format(age="二十").encode("gb18030"))
    code, said = mulin(*command, "--yes", language="zh_CN.UTF-8")
    assert (code, counted(database_url, "volunteer")) == (1, 0)
    assert "C3: 应为整数" in said
    assert "新增 1 · 更改 0 · 不变 0 · 拒绝 1" in said

    sheet.write_bytes(SHEET.format(age=20).encode("gb18030"))
    code, said = mulin(*command, "--dry-run")
    assert (code, counted(database_url, "volunteer")) == (0, 0)
    assert "new 2 · changed 0 · same 0 · refused 0" in said

    code, said = mulin(*command, "--yes")
    assert (code, counted(database_url, "volunteer")) == (0, 2)
    assert "Stored." in said


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.json", None, "cannot be read"),
        ("wrong.json", b"{", "not JSON"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        ("big.csv", b"x" * 2_000, "larger than the limit of 1000 bytes; nothing was stored"),
    ],
)
def test_file_that_cannot_be_read_is_one_sentence(
    mulin: Terminal,
    city: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes | None,
    sentence: str,
) -> None:
    monkeypatch.setenv("MULIN_UPLOAD_BYTES_MAX", "1000")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    kind = "problem" if name.endswith("json") else "people"
    command = ("import", str(tmp_path / name), "--kind", kind, "--organisation", city)
    code, said = mulin(*command)
    assert code == 1
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_unknown_organisation_and_the_template(mulin: Terminal, tmp_path: Path) -> None:
    template = tmp_path / "people.xlsx"
    assert mulin("template", "people", "-o", str(template))[0] == 0
    command = ("import", str(template), "--kind", "people", "--organisation", "nowhere")
    code, said = mulin(*command)
    assert code == 1
    assert "There is no organisation nowhere." in said


@pytest.mark.skipif(not INSTANCES, reason="MULIN_INSTANCES names no folder of real events")
@pytest.mark.parametrize(("name", "shifts"), [("fosdem", 130), ("emf2022", 591)])
def test_real_event_is_stored(
    mulin: Terminal, database_url: str, city: str, name: str, shifts: int
) -> None:
    file = str(Path(INSTANCES) / f"{name}.json")
    command = ("import", file, "--kind", "problem", "--organisation", city, "--yes")
    code, said = mulin(*command)
    assert code == 0, said
    assert "Draft round" in said
    assert counted(database_url, "shift") == shifts
    code, said = mulin(*command)
    assert code == 0
    assert "new 0 · changed 0" in said
    assert counted(database_url, "shift") == shifts
    assert counted(database_url, "round") == 1
