"""What only the owner of the tables may do."""

import asyncpg


async def as_owner(database_url: str, *statements: str) -> None:
    """Change the tables themselves, which the service's own role may not."""
    connection = await asyncpg.connect(database_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
