"""Tags: words that a level of the tree defines and gives to people."""

from typing import Any

from tortoise import fields

from models.base import Table


class Tag(Table):
    """Owned by a city, district, street or neighbourhood, which alone assigns it."""

    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="tags", on_delete=fields.RESTRICT
    )
    name = fields.CharField(max_length=80)
    meaning = fields.CharField(max_length=400, default="")
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "tag"
        unique_together = (("organisation_id", "name"),)


class TagGrant(Table):
    """A lower node whose subtree may read the tag."""

    tag: Any = fields.ForeignKeyField("core.Tag", related_name="grants", on_delete=fields.CASCADE)
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="tag_grants", on_delete=fields.CASCADE, db_index=True
    )

    class Meta:
        table = "tag_grant"
        unique_together = (("tag_id", "organisation_id"),)


class VolunteerTag(Table):
    """A person has a tag, given by hand or by an import."""

    tag: Any = fields.ForeignKeyField("core.Tag", related_name="people", on_delete=fields.CASCADE)
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="tags", on_delete=fields.CASCADE, db_index=True
    )
    account_id = fields.UUIDField(null=True)
    import_id = fields.UUIDField(null=True)

    class Meta:
        table = "volunteer_tag"
        unique_together = (("tag_id", "volunteer_id"),)
