"""The JSON interface under /api/v1, one module per resource."""

from api.layer.operations import Operations
from api.routes import (
    claims,
    clients,
    consents,
    guardians,
    health,
    imports,
    offers,
    organisations,
    own_data,
    points,
    profile,
    projects,
    providers,
    rounds,
    sessions,
    shifts,
    skills,
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
    profile.operations,
    skills.operations,
    consents.operations,
    guardians.operations,
    own_data.operations,
    imports.operations,
    clients.operations,
    providers.operations,
    health.operations,
)
"""In the order in which the documentation tells them."""
