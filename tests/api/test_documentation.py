"""The interface's pages: complete, in both languages, without a script and without the internet."""

import json
import re

import pytest
from markupsafe import escape

from api.routes import GROUPS
from api.sentences import SENTENCES
from tests.api.support import Client, document


def subjects() -> list[str]:
    return [tag["name"] for tag in document()["tags"]]


def pages() -> list[str]:
    return ["/api/docs", *(f"/api/docs/{subject}" for subject in subjects())]


async def read(client: Client, path: str, language: str) -> str:
    answer = await client.http.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    return answer.text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_pages_tell_every_operation_and_every_schema(client: Client, language: str) -> None:
    contents = await read(client, "/api/docs", language)
    told: set[str] = set()
    texts = {name: await read(client, f"/api/docs/{name}", language) for name in subjects()}
    for group in GROUPS:
        for operation in group.listed:
            summary = operation.summary.zh if language == "zh-CN" else operation.summary.en
            [subject] = [name for name in texts if f'id="{operation.name}"' in texts[name]]
            assert escape(summary) in texts[subject]
            assert escape(summary) in contents
            assert f'href="/api/docs/{subject}#{operation.name}"' in contents
    for text in texts.values():
        told |= set(re.findall(r'id="schema-([^"]+)"', text))
    spoken_of = json.dumps(document()["paths"])
    assert told >= set(re.findall(r'"#/components/schemas/([^"]+)"', spoken_of))


async def test_pages_need_no_script_and_nothing_from_elsewhere(client: Client) -> None:
    for path in pages():
        page = await read(client, path, "zh-CN")
        assert "<script" not in page
        assert "style=" not in page
        assert not re.search(r"(?:href|src)=\"(?:https?:)?//", page)


async def test_every_link_of_the_pages_leads_somewhere(client: Client) -> None:
    known: dict[str, set[str]] = {}

    async def names_on(path: str) -> set[str]:
        """What one may link to on the page, which has to be there."""
        if path not in known:
            answer = await client.http.get(path)
            assert answer.status_code == 200, path
            names = re.findall(r' id="([^"]+)"', answer.text)
            assert len(names) == len(set(names)), path
            known[path] = set(names)
        return known[path]

    for path in pages():
        for link in set(re.findall(r'href="([^"]+)"', await read(client, path, "en"))):
            there, _, name = link.partition("#")
            if not there or there.startswith(("/api/", "/static/")):
                names = await names_on(there or path)
                assert not name or name in names, (path, link)


async def test_a_subject_that_is_none_is_not_there(client: Client) -> None:
    assert (await client.http.get("/api/docs/nothing")).status_code == 404


async def test_every_code_has_a_page_in_both_languages(client: Client) -> None:
    for code, sentence in SENTENCES.items():
        for language, title in (("zh-CN", sentence.title_zh), ("en", sentence.title_en)):
            answer = await client.http.get(
                f"/api/problems/{code}", headers={"Accept-Language": language}
            )
            assert answer.status_code == 200, code
            assert escape(title) in answer.text
    assert (await client.http.get("/api/problems/nothing")).status_code == 404


async def test_list_of_codes_links_to_each(client: Client) -> None:
    page = (await client.http.get("/api/problems")).text
    assert {f"/api/problems/{code}" for code in SENTENCES} <= set(
        re.findall(r'href="([^"]+)"', page)
    )
