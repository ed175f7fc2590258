"""What the command line reads from the environment, beside the service's own settings."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.servers.programs import Choice
from cli.words import HouseRefused, Language, Phrase, language_of

DEFAULT_PORT = 8000
CODE_FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class HouseSettings:
    """Where and how the house runs on this machine."""

    data: Path | None  # None: a folder of our choosing.
    servers: Choice
    host: str
    port: int
    path: str
    language: Language
    end_with_parent: bool


def inherited_environment() -> dict[str, str]:
    """A copy of this process's environment."""
    return dict(os.environ)


def load_house_settings(environment: Mapping[str, str] | None = None) -> HouseSettings:
    """Settings from `MULIN_DATA`, `MULIN_SERVERS`, `MULIN_HOST` and `MULIN_PORT`.

    Raises HouseRefused for a value that cannot be used.
    """
    source = os.environ if environment is None else environment
    data = source.get("MULIN_DATA")
    return HouseSettings(
        data=Path(data).expanduser().absolute() if data else None,
        servers=_choice(source.get("MULIN_SERVERS") or "auto"),
        host=source.get("MULIN_HOST") or "127.0.0.1",
        port=_port(source.get("MULIN_PORT") or str(DEFAULT_PORT)),
        path=source.get("PATH", os.defpath),
        language=language_of(source),
        end_with_parent=source.get("MULIN_END_WITH_PARENT") == "1",
    )


def _choice(value: str) -> Choice:
    match value:
        case "auto" | "found" | "wheel":
            return value
    raise HouseRefused(
        Phrase(
            f"MULIN_SERVERS 只能是 auto、found 或 wheel，而不是 {value!r}。",
            f"MULIN_SERVERS must be auto, found or wheel, not {value!r}.",
        )
    )


def _port(value: str) -> int:
    if value.isdecimal() and 0 < int(value) < 65536:
        return int(value)
    raise HouseRefused(
        Phrase(
            f"MULIN_PORT 必须是 1 到 65535 之间的数，而不是 {value!r}。",
            f"MULIN_PORT must be a number from 1 to 65535, not {value!r}.",
        )
    )
