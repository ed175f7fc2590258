"""What the migrations say of the second wall, for tests that hold the database against it."""

from importlib import import_module
from typing import Any

_MIGRATION: Any = import_module("models.migrations.0005_walls")
_PARTS: Any = import_module("models.migrations.0008_parts")

POLICIES: dict[str, Any] = {**_MIGRATION.POLICIES, **_PARTS.POLICIES}
NEVER: dict[str, str] = _MIGRATION.NEVER
TRIGGERS_OF_THE_OWNER: tuple[str, ...] = _MIGRATION.TRIGGERS_OF_THE_OWNER
APPLICATION, SYSTEM = "mulin_application", "mulin_system"
ROLES = (APPLICATION, SYSTEM)
