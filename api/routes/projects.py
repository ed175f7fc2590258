"""Projects."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import projects
from services.paging import Page, PageQuery
from services.projects import Project, ProjectIn

operations = Operations("projects", Words("项目", "Projects"))


@operations("GET", "/projects", Words("列出项目", "List projects"), access="open")
async def list_projects(call: Call, query: PageQuery) -> Page[Project]:
    """Published projects; for organisers the drafts of their subtree too."""
    return await projects.list_page(call.visitor, query)


@operations(
    "POST",
    "/projects",
    Words("新建项目", "Make a project"),
    status=201,
    location="/projects/{id}",
    refuses=("right_missing", "key_taken"),
)
async def create_project(call: Call, body: ProjectIn) -> Project:
    """A draft, which nobody but its organisers sees before it is published."""
    return await projects.create(call.actor, body)


@operations("GET", "/projects/{project_id}", Words("读取项目", "Read a project"), access="open")
async def read_project(call: Call, project_id: UUID) -> Project:
    """One project, with its risk statement."""
    return await projects.get(call.visitor, project_id)


@operations(
    "PUT",
    "/projects/{project_id}",
    Words("修改项目", "Change a project"),
    refuses=(
        *("right_missing", "key_taken", "risk_statement_missing", "project_has_claims"),
        *("policy_needed", "heavy_risk_is_dangerous"),
    ),
)
async def replace_project(call: Call, project_id: UUID, body: ProjectIn, if_match: str) -> Project:
    """Writes the project anew; other words in the risk statement make a new version of it."""
    return await projects.replace(call.actor, project_id, body, if_match, call.now)


@operations(
    "POST",
    "/projects/{project_id}/publish",
    Words("发布项目", "Publish a project"),
    refuses=("right_missing", "risk_statement_missing"),
)
async def publish_project(call: Call, project_id: UUID) -> Project:
    """Shows the project and its shifts to everybody. Again: nothing changes."""
    return await projects.publish(call.actor, project_id)
