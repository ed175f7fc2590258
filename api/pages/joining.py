"""New staff come in: the code from their invitation, and a password of their own."""

from starlette.requests import Request
from starlette.responses import Response

from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, visitor_of
from api.pages.rendering import page
from api.pages.signing import go_on
from api.pages.wording import sentence
from services import roles
from services.errors import Invalid, NotFound, ServiceError
from services.roles import Accepted


async def show(request: Request) -> Response:
    return _page(visitor_of(request), "")


async def join(request: Request) -> Response:
    """On to the authenticator, where the code is good and the password too."""
    reader, form = visitor_of(request), await form_of(request)
    code = text_of(form, "code")
    try:
        command = read_command({"code": code, "password": form.get("password", "")}, Accepted)
        return go_on(reader, await roles.accept(command, reader.now), "/")
    except (Invalid, NotFound) as error:
        return _page(reader, code, error)


def _page(reader: Reader, code: str, refused: ServiceError | None = None) -> Response:
    facts = {
        "code": code[:80],
        "refusal": sentence(reader, refused) if refused else None,
        "at_password": isinstance(refused, Invalid)
        and any(defect.place == "password" for defect in refused.defects),
    }
    return page(reader, "join.html", status_of(refused) if refused else 200, **facts)
