"""The token of each form of a page, put in as the page leaves: no template can forget it."""

import html
import re
from typing import Final
from urllib.parse import unquote, urlsplit

from starlette.responses import Response

from api.layer.csrf import binding_of, new_visit, set_visit_cookie
from api.pages.reader import Reader
from services import forms

FIELD: Final = "form_token"
FORM: Final = re.compile(r"<form\b[^>]*>")
POSTS: Final = re.compile(r'\bmethod="post"', re.IGNORECASE)
ACTION: Final = re.compile(r'\baction="([^"]*)"')


class FormWithoutAddress(Exception):
    """A template has a form that posts and does not say where to, in double quotes."""


def visit_of(reader: Reader) -> str | None:
    """The visit that begins with this answer; None where the browser is known already."""
    request = reader.request
    if binding_of(request, reader.settings) is not None:
        return None
    begun: str | None = getattr(request.state, "visit", None)
    if begun is None:
        begun = request.state.visit = new_visit()
    return begun


def with_tokens(reader: Reader, page: str) -> str:
    """The page with a token in each form that posts: a hidden field of one use."""
    binding = binding_of(reader.request, reader.settings) or f"visit:{visit_of(reader)}"

    def add(form: re.Match[str]) -> str:
        if not POSTS.search(form[0]):
            return form[0]
        action = ACTION.search(form[0])
        if action is None:
            raise FormWithoutAddress(form[0])
        address = unquote(urlsplit(html.unescape(action[1])).path)
        token = forms.issue(binding, address, reader.now)
        return f'{form[0]}<input type="hidden" name="{FIELD}" value="{token}">'

    return FORM.sub(add, page)


def begin_visit(reader: Reader, response: Response) -> None:
    """Give a browser that is new here what its forms are bound to."""
    visit = visit_of(reader)
    if visit is not None:
        set_visit_cookie(response, visit, reader.settings)
