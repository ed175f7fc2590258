"""What an account may administer: the entries of the hub and of the list beside each page."""

from dataclasses import dataclass
from typing import Final

from api.i18n import mark
from services import rights
from services.rights import Actor, Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the administration, and the rights of which any one opens it."""

    address: str
    picture: str
    title: str
    about: str
    opens_for: tuple[Right, ...]


ENTRIES: Final = (
    Entry(
        "/admin/approvals",
        "stamp",
        mark("Approvals"),
        mark("What one person asked for and a second one decides."),
        (Right.GRANT_ROLES, Right.APPROVE_ROLES),
    ),
    Entry(
        "/admin/tree",
        "tree",
        mark("Organisations"),
        mark("The tree of levels, schools, units and teams, with its history."),
        (Right.EDIT_TREE, Right.SEE_TOTALS),
    ),
    Entry(
        "/admin/people",
        "people",
        mark("People"),
        mark("Who is registered, whom to merge, what is missing."),
        (Right.SEE_PEOPLE,),
    ),
    Entry(
        "/admin/skills",
        "badge",
        mark("Skills to check"),
        mark("Evidence that somebody has shown and that waits for a look."),
        (Right.VERIFY_SKILLS,),
    ),
    Entry(
        "/admin/tags",
        "tag",
        mark("Tags"),
        mark("What a level says of people, and who may read it."),
        (Right.DEFINE_TAGS, Right.ASSIGN_TAGS),
    ),
    Entry(
        "/admin/roles",
        "shield",
        mark("Roles and accounts"),
        mark("Who may do what where, and until when."),
        (Right.SEE_ROLES, Right.GRANT_ROLES, Right.MANAGE_ACCOUNTS),
    ),
    Entry(
        "/admin/clients",
        "program",
        mark("Programs"),
        mark("Other systems that work with this one, and what each may do."),
        (Right.MANAGE_CLIENTS,),
    ),
    Entry(
        "/admin/providers",
        "door",
        mark("Sign-in of other houses"),
        mark("Schools and districts whose people sign in with what they have there."),
        (Right.MANAGE_PROVIDERS,),
    ),
    Entry(
        "/admin/audit",
        "log",
        mark("Log"),
        mark("Who did what with rights and personal data; nobody can change it unseen."),
        (Right.SEE_AUDIT,),
    ),
)


def entries_for(actor: Actor | None) -> tuple[Entry, ...]:
    """The pages that the account may open, in the order in which they are told."""
    return tuple(
        entry for entry in ENTRIES if any(rights.has(actor, right) for right in entry.opens_for)
    )
