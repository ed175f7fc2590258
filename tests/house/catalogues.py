"""Check of the translations, `python -m tests.house.catalogues`; exit code 1 if any is wanting.

Every text marked in the code has an entry; every entry of the Chinese catalogue is translated,
settled (not "fuzzy"), and has the same placeholders as the text it translates.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from tests.house.files import CHECKOUT

LOCALE_FOLDER = CHECKOUT / "api" / "locale"
FOREIGN = "zh_CN"  # The other catalogue, English, only says what the code says.


def extracted() -> Catalog:
    """The texts marked for translation in code and templates."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        CommandLineInterface().run(
            ["pybabel", "-q", "extract", "-F", str(CHECKOUT / "babel.cfg"), "-k", "mark",
             "-o", str(template), "--input-dirs", str(CHECKOUT)]
        )  # fmt: skip
        with template.open("rb") as file:
            return read_po(file)


def defects() -> Iterator[str]:
    """What is wrong with the catalogues, one sentence each."""
    wanted = {_key(message) for message in extracted() if message.id}
    for folder in sorted(LOCALE_FOLDER.glob("*/LC_MESSAGES")):
        locale = folder.parent.name
        known: dict[str, str] = {}
        for file in sorted(folder.glob("*.po")):
            with file.open("rb") as opened:
                catalogue = read_po(opened, locale=locale, abort_invalid=True)
            for key in (_key(message) for message in catalogue if message.id):
                if key in known:
                    yield f"{locale}: {key!r} stands in {known[key]} and in {file.name}"
                known[key] = file.name
            if locale == FOREIGN:
                yield from _wanting(locale, catalogue)
            for message, errors in catalogue.check():
                yield from (f"{locale}: {message.id!r}: {error}" for error in errors)
        if locale == FOREIGN:
            yield from (f"{locale}: no entry for {key!r}" for key in sorted(wanted - known.keys()))
        yield from (
            f"{locale}: no text is {key!r} any more" for key in sorted(known.keys() - wanted)
        )


def _wanting(locale: str, catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if message.id and not all(_strings(message)):
            yield f"{locale}: not translated: {message.id!r}"
        if message.id and message.fuzzy:
            yield f"{locale}: not settled: {message.id!r}"


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string or "",)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def main() -> int:
    found = list(defects())
    for defect in found:
        sys.stdout.write(f"{defect}\n")
    sys.stdout.write(f"catalogues: {len(found) or 'no'} defects\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
