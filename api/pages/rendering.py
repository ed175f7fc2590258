"""Templates to pages."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.i18n import translations
from api.layer.language import Language
from api.pages import wording
from api.pages.reader import Reader
from api.pages.tokens import begin_visit, with_tokens

API_FOLDER: Final = Path(__file__).parents[1]
STATIC_FOLDER: Final = API_FOLDER / "static"
CHINESE: Final = re.compile("[\u3400-\u9fff]")


def page(reader: Reader, template: str, status: int = 200, /, **facts: object) -> Response:
    """The template in the reader's language, a token in each of its forms.

    Never kept by anybody but the reader's own browser.
    """
    words = _environment(reader.language).get_template(template)
    facts = {**wording.helpers(reader), **facts}
    html = words.render(reader=reader, moments=reader.moments, **facts)
    response = HTMLResponse(with_tokens(reader, html), status, headers=_headers(reader))
    begin_visit(reader, response)
    return response


def go_to(address: str) -> Response:
    """The answer to a form: look there next."""
    return RedirectResponse(address, 303)


def _headers(reader: Reader) -> Mapping[str, str]:
    return {
        "Content-Language": reader.tag,
        "Cache-Control": "private, no-cache" if reader.actor is None else "private, no-store",
        "Vary": "Cookie, Accept-Language",
    }


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(API_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    catalogue = translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    environment.globals["static"] = static_address
    environment.filters["written"] = _plainly if language == "zh" else _as_chinese
    return environment


def _plainly(text: str) -> Markup:
    return escape(text)


def _as_chinese(text: str) -> Markup:
    """What somebody wrote; on a page in English, Chinese is marked, to be read aloud as such."""
    said = escape(text)
    return Markup('<span lang="zh-CN">{}</span>').format(said) if CHINESE.search(text) else said


@cache
def static_address(name: str) -> str:
    """The address of a file under `static/`, with its content's hash so that it may be kept."""
    digest = hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
