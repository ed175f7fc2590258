"""Roles: who holds which where, giving them by two people, ending them, inviting new staff."""

from services.roles.giving import end, end_due, request
from services.roles.inviting import (
    Accepted,
    Invitation,
    accept,
    invite,
    make_account,
    show_invitation,
)
from services.roles.reading import find, get, givable, list_page, may_give
from services.roles.types import (
    GIVES,
    THREE,
    AccountQuery,
    GrantIn,
    RoleGrant,
    StaffAccount,
    StaffIn,
)

__all__ = [
    "GIVES",
    "THREE",
    "Accepted",
    "AccountQuery",
    "GrantIn",
    "Invitation",
    "RoleGrant",
    "StaffAccount",
    "StaffIn",
    "accept",
    "end",
    "end_due",
    "find",
    "get",
    "givable",
    "invite",
    "list_page",
    "make_account",
    "may_give",
    "request",
    "show_invitation",
]
