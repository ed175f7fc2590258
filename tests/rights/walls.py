"""What the migrations say of the second wall, for tests that hold the database against it."""

import pkgutil
from importlib import import_module
from typing import Any

from models import migrations

_ALL: list[Any] = [
    import_module(f"models.migrations.{each.name}")
    for each in pkgutil.iter_modules(migrations.__path__)
]


def _together(name: str) -> dict[str, Any]:
    return {table: rule for each in _ALL for table, rule in getattr(each, name, {}).items()}


POLICIES: dict[str, Any] = _together("POLICIES")
NEVER: dict[str, str] = _together("NEVER")
TRIGGERS_OF_THE_OWNER: tuple[str, ...] = tuple(
    trigger for each in _ALL for trigger in getattr(each, "TRIGGERS_OF_THE_OWNER", ())
)
APPLICATION, SYSTEM = "mulin_application", "mulin_system"
ROLES = (APPLICATION, SYSTEM)
