"""The JSON interface under /api/v1, one module per resource."""

from api.layer.operations import Operations
from api.routes import (
    claims,
    clients,
    health,
    imports,
    offers,
    organisations,
    points,
    projects,
    rounds,
    sessions,
    shifts,
    volunteers,
)

GROUPS: tuple[Operations, ...] = (
    sessions.operations,
    organisations.operations,
    volunteers.operations,
    projects.operations,
    shifts.operations,
    claims.operations,
    rounds.operations,
    offers.operations,
    points.operations,
    imports.operations,
    clients.operations,
    health.operations,
)
"""In the order in which the documentation tells them."""
