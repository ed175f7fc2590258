"""Whether the service lives and can work, for whoever supervises it."""

import msgspec

from api.layer.operations import Call, Operations, Words
from services import database

operations = Operations("health", Words("运行状况", "Health"), prefix="/health")


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`live`: the process answers. `ready`: the database does too."""

    state: str


@operations("GET", "/live", Words("进程是否在运行", "Is the process alive"), access="open")
async def read_live(call: Call) -> Health:
    """Answers as long as the process can answer at all."""
    return Health(state="live")


@operations("GET", "/ready", Words("能否提供服务", "Can the service work"), access="open")
async def read_ready(call: Call) -> Health:
    """Answers 503 while the database is away."""
    await database.rows("SELECT 1")
    return Health(state="ready")
