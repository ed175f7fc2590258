"""The interface's pages: complete, in both languages, without a script and without the internet."""

import re

import pytest
from markupsafe import escape

from api.routes import GROUPS
from api.sentences import SENTENCES
from tests.api.support import Client, document

OPERATIONS = [operation for group in GROUPS for operation in group.listed]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_page_tells_every_operation_and_every_schema(client: Client, language: str) -> None:
    answer = await client.http.get("/api/docs", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in answer.text
        summary = operation.summary.zh if language == "zh-CN" else operation.summary.en
        assert escape(summary) in answer.text
    for name in document()["components"]["schemas"]:
        assert f'id="schema-{name}"' in answer.text


async def test_page_needs_no_script_and_nothing_from_elsewhere(client: Client) -> None:
    page = (await client.http.get("/api/docs")).text
    assert "<script" not in page
    assert "style=" not in page
    assert not re.search(r"(?:href|src)=\"(?:https?:)?//", page)


async def test_every_link_of_the_page_leads_somewhere(client: Client) -> None:
    page = (await client.http.get("/api/docs")).text
    names = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="([^"]+)"', page))
    assert {link[1:] for link in links if link.startswith("#")} <= names
    for link in links:
        if link.startswith(("/api/", "/static/")):
            assert (await client.http.get(link)).status_code == 200, link


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
