"""The organisation tree, with what has happened to it."""

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


class OrganisationState(StrEnum):
    """A merged node lies under the one that took it over, so that its past stays in scope."""

    ACTIVE = "active"
    MERGED = "merged"
    CLOSED = "closed"


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
    code = fields.CharField(
        max_length=12, null=True, unique=True, description="region code of a level, 2–12 digits"
    )
    credit_code = fields.CharField(
        max_length=18, null=True, unique=True, description="统一社会信用代码 of any other body"
    )
    state = fields.CharEnumField(OrganisationState, max_length=8, default=OrganisationState.ACTIVE)
    merged_into: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="took_over", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "organisation"
        unique_together = (("parent_id", "name"),)


class OrganisationEventKind(StrEnum):
    MADE = "made"
    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    MERGED = "merged"
    CLOSED = "closed"


class OrganisationEvent(Table):
    """One change of a node, with what it was before. Only ever added."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="events", on_delete=fields.RESTRICT, db_index=True
    )
    kind = fields.CharEnumField(OrganisationEventKind, max_length=8)
    before: Any = fields.JSONField(description="name, code, credit_code, parent_id as they were")
    after: Any = fields.JSONField()
    reason = fields.CharField(max_length=400, default="")
    account_id = fields.UUIDField(null=True)

    class Meta:
        table = "organisation_event"
