"""Nothing that is encrypted is forgotten when the keys change."""

from models import core
from models.base import Table
from services.database import rows
from services.sealed import SEALED, SHORT_LIVED, UNSEALED


async def test_every_column_of_bytes_is_known_to_the_rotation(database: str) -> None:
    found = await rows(
        "SELECT table_name || '.' || column_name AS place FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'bytea'"
    )
    known = [each.place for each in SEALED]
    assert {row["place"] for row in found} == {*known, *UNSEALED}
    assert len(set(known)) == len(known)


async def test_the_look_ups_that_it_knows_are_there(database: str) -> None:
    found = await rows(
        "SELECT table_name || '.' || column_name AS place FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    present = {row["place"] for row in found}
    named = {f"{each.table}.{name}" for each in SEALED for name in (each.lookup, each.key_column)}
    assert {each for each in named if not each.endswith(".")} | SHORT_LIVED <= present


async def test_every_keyed_look_up_is_remade_or_short_lived(database: str) -> None:
    """A column for an HMAC is called index, digest, fingerprint or lookup; those of plain hashes
    of random tokens do not depend on a key."""
    of_tokens = {"token_digest", "secret_digest", "code_digest", "problem_digest"}
    remade = {f"{each.table}.{each.lookup}" for each in SEALED if each.lookup}
    keyed = {
        f"{model._meta.db_table}.{column}"  # noqa: SLF001
        for model in vars(core).values()
        if isinstance(model, type) and issubclass(model, Table) and model is not Table
        for column in model._meta.fields_db_projection.values()  # noqa: SLF001
        if column.endswith(("_index", "_digest", "fingerprint", "lookup"))
        and column not in of_tokens
    }
    assert keyed == remade | SHORT_LIVED
