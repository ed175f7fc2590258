"""The JSON interface under /api/v1, one module per resource."""

from api.layer.operations import Operations
from api.routes import health, sessions

GROUPS: tuple[Operations, ...] = (sessions.operations, health.operations)
