"""Reading what a page's form sends."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from api.layer.bodies import read_body, require_media_type
from api.layer.problems import settings_of
from api.layer.refusals import BadRequest

FORM_BYTES_MAX: Final = 64 * 1024
FIELDS_MAX: Final = 100
FILES_MAX: Final = 10
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
FILES_MEDIA_TYPE: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a form."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """All that a form sent, in its order; a name may come several times."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, SentFile], ...] = ()


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of the form, of a name that came several times the last.

    Raises a ServiceError if unreadable.
    """
    return dict((await sent_of(request)).fields)


async def values_of(request: Request, name: str) -> list[str]:
    """Every value of a field: of the boxes that were ticked, say."""
    return [value for each, value in (await sent_of(request)).fields if each == name]


async def file_of(request: Request, name: str) -> SentFile | None:
    """The file of a field; None where none was chosen."""
    found = [file for each, file in (await sent_of(request)).files if each == name]
    return found[-1] if found and found[-1].name else None


async def sent_of(request: Request) -> Sent:
    """Everything that the form sent, read once. Raises a ServiceError if unreadable.

    A form without fields may come without a body and without a media type.
    """
    known: Sent | None = getattr(request.state, "sent", None)
    if known is None:
        known = request.state.sent = await _read(request)
    return known


def text_of(form: Mapping[str, str], name: str) -> str:
    """One field without spaces at its ends; empty if it was not sent."""
    return form.get(name, "").strip()


async def _read(request: Request) -> Sent:
    has_files = request.headers.get("content-type", "").lower().startswith(FILES_MEDIA_TYPE)
    bytes_max = settings_of(request).upload_bytes_max if has_files else FORM_BYTES_MAX
    content = await read_body(request, bytes_max)
    if not content:
        return Sent()
    require_media_type(request, (FORM_MEDIA_TYPE, FILES_MEDIA_TYPE))
    return await _parts(request, content) if has_files else Sent(fields=_pairs(content))


def _pairs(content: bytes) -> tuple[tuple[str, str], ...]:
    try:
        pairs = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError as error:
        raise BadRequest("not_utf8", byte=0) from error
    return tuple(pairs)


async def _parts(request: Request, content: bytes) -> Sent:
    async def whole() -> AsyncIterator[bytes]:
        yield content
        yield b""

    parser = MultiPartParser(
        request.headers,
        whole(),  # type: ignore[arg-type]  # It only iterates.
        max_files=FILES_MAX,
        max_fields=FIELDS_MAX,
        max_part_size=FORM_BYTES_MAX,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise BadRequest("not_utf8", byte=0) from error
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, SentFile]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            read = await value.read()
            files.append((name, SentFile(value.filename or "", value.content_type or "", read)))
        else:
            fields.append((name, value))
    await form.close()
    return Sent(tuple(fields), tuple(files))
