"""Every table of the service in one place, for the ORM and for the services."""

from models.accounts import Account, AccountRole, IdempotencyRecord, SignInFailure, SignInSession
from models.base import Table, new_id
from models.claims import LIVE_STATES, SEAT_STATES, Claim, ClaimState, Offer
from models.imports import ImportBatch, ImportKind, ImportState
from models.organisations import Organisation, OrganisationKind
from models.outbox import OutboxMessage
from models.points import PointsAccount, PointsAccountKind, PointsTransfer
from models.projects import (
    Exclusion,
    Invitation,
    Project,
    ProjectState,
    Role,
    RoleGroup,
    RoleSkill,
    Shift,
    ShiftState,
    TeamLine,
)
from models.rounds import Plan, PlanGap, PlanLine, Round, RoundState
from models.volunteers import (
    ApartPair,
    AvailabilityException,
    AvailabilityExceptionKind,
    AvailabilityWindow,
    Engagement,
    Membership,
    TogetherGroup,
    TogetherMember,
    Volunteer,
    VolunteerLiking,
    VolunteerSkill,
)

__all__ = [
    "LIVE_STATES",
    "SEAT_STATES",
    "Account",
    "AccountRole",
    "ApartPair",
    "AvailabilityException",
    "AvailabilityExceptionKind",
    "AvailabilityWindow",
    "Claim",
    "ClaimState",
    "Engagement",
    "Exclusion",
    "IdempotencyRecord",
    "ImportBatch",
    "ImportKind",
    "ImportState",
    "Invitation",
    "Membership",
    "Offer",
    "Organisation",
    "OrganisationKind",
    "OutboxMessage",
    "Plan",
    "PlanGap",
    "PlanLine",
    "PointsAccount",
    "PointsAccountKind",
    "PointsTransfer",
    "Project",
    "ProjectState",
    "Role",
    "RoleGroup",
    "RoleSkill",
    "Round",
    "RoundState",
    "Shift",
    "ShiftState",
    "SignInFailure",
    "SignInSession",
    "Table",
    "TeamLine",
    "TogetherGroup",
    "TogetherMember",
    "Volunteer",
    "VolunteerLiking",
    "VolunteerSkill",
    "new_id",
]
