"""Projects: drafts for their organisers, published with a risk statement for everybody."""

from typing import Any
from uuid import uuid4

import pytest

from models.core import ProjectState
from services import projects
from services.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from services.paging import PageQuery
from services.projects import Project, ProjectIn
from services.versions import etag_of
from tests.support.factories import (
    NOW,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_project,
)


def as_command(view: Project, **changes: Any) -> ProjectIn:
    known = {name: getattr(view, name) for name in ProjectIn.__struct_fields__}
    return ProjectIn(**{**known, **changes})


async def test_a_draft_is_for_those_who_organise_it(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    stranger, ada = await make_organiser(team.id), await make_person(boss)
    draft = await make_project(boss, is_published=False, category="elderly")
    assert await projects.get(boss, draft.id) == draft
    assert (draft.state, draft.risk_statement_version) == (ProjectState.DRAFT, 1)
    for reader in (None, stranger, ada):
        with pytest.raises(NotFound):
            await projects.get(reader, draft.id)
        assert (await projects.list_page(reader, PageQuery())).items == []


async def test_a_published_project_is_for_everybody(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    project = await make_project(boss)
    assert await projects.publish(boss, project.id) == project
    for reader in (None, ada, boss):
        assert await projects.get(reader, project.id) == project
        assert (await projects.list_page(reader, PageQuery())).items == [project]


@pytest.mark.parametrize("words", ["", " \n "])
async def test_nothing_is_published_without_a_word_on_its_risks(database: str, words: str) -> None:
    _, boss = await make_city()
    draft = await make_project(boss, is_published=False, risk_statement=words)
    with pytest.raises(Conflict, match="risk_statement_missing"):
        await projects.publish(boss, draft.id)
    published = await make_project(boss)
    command = as_command(published, risk_statement=words)
    with pytest.raises(Conflict, match="risk_statement_missing"):
        await projects.replace(boss, published.id, command, None, NOW)


async def test_the_version_of_the_risks_grows_with_their_words_only(database: str) -> None:
    _, boss = await make_city()
    project = await make_project(boss)
    renamed = await projects.replace(
        boss, project.id, as_command(project, name="Other"), etag_of(project), NOW
    )
    assert (renamed.name, renamed.risk_statement_version) == ("Other", 1)
    reworded = await projects.replace(
        boss, project.id, as_command(renamed, risk_statement="Fire."), etag_of(renamed), NOW
    )
    assert reworded.risk_statement_version == 2
    with pytest.raises(PreconditionFailed):
        await projects.replace(boss, project.id, as_command(project), etag_of(project), NOW)


async def test_projects_are_written_in_the_own_subtree_only(database: str) -> None:
    city, boss = await make_city()
    team = await make_organisation(boss)
    lead, ada = await make_organiser(team.id), await make_person(boss)
    project = await make_project(boss)
    with pytest.raises(Invalid):
        await make_project(lead, organisation_id=city.id)
    with pytest.raises(Invalid):
        await make_project(boss, organisation_id=uuid4())
    with pytest.raises(NotFound):
        await projects.replace(lead, project.id, as_command(project), None, NOW)
    with pytest.raises(NotFound):
        await projects.publish(lead, project.id)
    with pytest.raises(NotFound):
        await projects.publish(boss, uuid4())
    for write in (
        projects.create(ada, as_command(project)),
        projects.publish(ada, project.id),
        projects.replace(ada, project.id, as_command(project), None, NOW),
    ):
        with pytest.raises(Forbidden):
            await write


async def test_a_key_is_taken_once_at_one_organisation(database: str) -> None:
    _, boss = await make_city()
    await make_project(boss, external_key="p")
    with pytest.raises(Conflict, match="key_taken"):
        await make_project(boss, external_key="p")


async def test_a_list_goes_on_page_by_page(database: str) -> None:
    _, boss = await make_city()
    made = [await make_project(boss) for _ in range(3)]
    first = await projects.list_page(None, PageQuery(limit=2))
    second = await projects.list_page(None, PageQuery(limit=2, after=first.next))
    assert [*first.items, *second.items] == made
    assert second.next is None
