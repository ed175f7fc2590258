"""The tables that the migrations make are those that the models describe."""

from models import core
from models.base import Table, new_id
from services.database import rows


async def test_every_model_has_its_table_and_columns(database: str) -> None:
    found = await rows(
        "SELECT table_name, array_agg(column_name::text) AS columns "
        "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
    )
    present = {row["table_name"]: set(row["columns"]) for row in found}
    described = {
        model._meta.db_table: set(model._meta.fields_db_projection.values())  # noqa: SLF001
        for model in vars(core).values()
        if isinstance(model, type) and issubclass(model, Table) and model is not Table
    }
    by_hand = {"organisation_closure", "state_transition", "tortoise_migrations"}
    assert {name: columns for name, columns in present.items() if name not in by_hand} == described


async def test_nothing_that_a_model_leaves_out_is_required(database: str) -> None:
    """Columns without a value in Python have one in the model, so plain inserts name them all."""
    found = await rows(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_default IS NOT NULL "
        "AND table_name <> 'tortoise_migrations'"
    )
    assert [row["name"] for row in found] == []


def test_ids_are_version_7_and_rise_in_the_order_of_making() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {
        (7, "specified in RFC 4122"),
    }
