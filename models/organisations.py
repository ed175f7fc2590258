"""The organisation tree."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class OrganisationKind(StrEnum):
    """What a node of the tree is. The first four are the levels of government, top down."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    NEIGHBOURHOOD = "neighbourhood"
    SCHOOL = "school"
    EMPLOYER = "employer"
    SOCIAL_ORGANISATION = "social_organisation"
    SERVICE_TEAM = "service_team"


class Organisation(Table):
    """A node: 市, 区, 街镇, 居村, or a body under one of them. Only a city has no parent."""

    kind = fields.CharEnumField(OrganisationKind, max_length=24)
    parent: Any = fields.ForeignKeyField(
        "core.Organisation",
        related_name="children",
        null=True,
        on_delete=fields.RESTRICT,
        db_index=True,
    )
    name = fields.CharField(max_length=120)

    class Meta:
        table = "organisation"
        unique_together = (("parent_id", "name"),)
