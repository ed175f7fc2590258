"""The interface described for people and programs, without the internet."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from api.layer.operations import Operations


def documentation_routes(groups: Sequence[Operations], document: dict[str, Any]) -> list[BaseRoute]:
    return []
