"""Operations that keep a migration quick and true.

Before each operation the ORM copies its picture of all tables, which costs more than the
operation; so what belongs together is one operation here.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.migrations.operations import Operation, TortoiseOperation


class Together(TortoiseOperation):
    """Several operations as one: the picture is brought up to date once, then the tables."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def describe(self) -> str:
        return f"{len(self.operations)} operations"

    def state_forward(self, app_label: str, state: Any) -> None:
        # Each operation would make every class that it touches anew, and those related to it:
        # all of them are made once, when all operations are through.
        state.reload_model = state.reload_models = lambda *_: None
        try:
            for operation in self.operations:
                operation.state_forward(app_label, state)
        finally:
            del state.reload_model, state.reload_models
        state.reload_models(list(state.models))

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        for operation in self.operations:
            await operation.database_forward(app_label, old_state, new_state, state_editor)

    async def database_backward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        for operation in reversed(self.operations):
            await operation.database_backward(app_label, old_state, new_state, state_editor)


class Described(Together):
    """What the ORM should think of the tables; SQL of ours beside it makes it so."""

    async def database_forward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        return None

    async def database_backward(
        self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None
    ) -> None:
        return None


def wall(table: str, rule: str | tuple[str, str]) -> str:
    """The statements that put a table behind the wall."""
    read, write = rule if isinstance(rule, tuple) else (rule, rule)
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
    CREATE POLICY {table}_system ON {table} TO mulin_system USING (true) WITH CHECK (true);
    CREATE POLICY {table}_read ON {table} FOR SELECT TO mulin_application USING ({read});
    CREATE POLICY {table}_add ON {table} FOR INSERT TO mulin_application WITH CHECK ({write});
    CREATE POLICY {table}_change ON {table} FOR UPDATE TO mulin_application
        USING ({write}) WITH CHECK ({write});
    CREATE POLICY {table}_remove ON {table} FOR DELETE TO mulin_application USING ({write});
    GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO mulin_application, mulin_system;
    """
