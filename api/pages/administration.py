"""What an account may administer: the entries of the hub and of the list beside each page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.i18n import mark
from api.layer.language import Language
from api.sentences.audit import ACT_WORDS, FACT_WORDS, SUBJECT_WORDS
from api.sentences.forms import Pair
from api.sentences.organisations import EVENT_WORDS, KIND_WORDS
from api.sentences.rights import (
    APPROVAL_KINDS,
    APPROVAL_WORDS,
    RIGHT_WORDS,
    ROLE_ABOUT,
    ROLE_WORDS,
)
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
        "/admin/shifts",
        "calendar",
        mark("Shifts ahead"),
        mark("Who asks, who waits, who is missing; each with its way to answer or to lead."),
        (Right.SEE_CLAIMS,),
    ),
    Entry(
        "/rounds",
        "plan",
        mark("Planning"),
        mark("Rounds: the planner proposes who serves where, you decide, people answer."),
        (Right.SEE_WORK, Right.PLAN_ROUNDS),
    ),
    Entry(
        "/admin/projects",
        "umbrella",
        mark("Projects and protection"),
        mark("Which work is dangerous, its insurance, and the agreement that is signed."),
        (Right.SEE_WORK,),
    ),
    Entry(
        "/admin/blocks",
        "lock",
        mark("Paused sign-ups"),
        mark("Who cannot sign up for a time, until when, and why."),
        (Right.SEE_CLAIMS,),
    ),
    Entry(
        "/admin/robots",
        "chat",
        mark("Chat groups"),
        mark("Robots in your organisers' WeCom groups, which say what shifts lack."),
        (Right.RUN_WORK,),
    ),
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
        "/admin/guardians",
        "family",
        mark("Guardians to check"),
        mark("Parents and guardians whose papers somebody has to see."),
        (Right.VERIFY_GUARDIANS,),
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
        "key",
        mark("Roles and accounts"),
        mark("Who may do what where, and until when."),
        (Right.SEE_ROLES, Right.GRANT_ROLES, Right.MANAGE_ACCOUNTS),
    ),
    Entry(
        "/safety-reports",
        "shield",
        mark("Safety reports"),
        mark("Accidents, harassment and the safety of minors, told in confidence."),
        (Right.READ_SAFETY_REPORTS,),
    ),
    Entry(
        "/admin/clients",
        "program",
        mark("Connected programs"),
        mark("Other systems that work with this one, and what each may do."),
        (Right.MANAGE_CLIENTS,),
    ),
    Entry(
        "/admin/providers",
        "door",
        mark("External sign-in"),
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


_TABLES: Final[Mapping[str, Mapping[Any, Pair]]] = {
    "act_words": ACT_WORDS,
    "approval_kind_words": APPROVAL_KINDS,
    "approval_words": APPROVAL_WORDS,
    "fact_words": FACT_WORDS,
    "subject_words": SUBJECT_WORDS,
    "event_words": EVENT_WORDS,
    "kind_words": KIND_WORDS,
    "right_words": RIGHT_WORDS,
    "role_about": ROLE_ABOUT,
    "role_words": ROLE_WORDS,
}


def word_helpers(language: Language) -> Mapping[str, Callable[[Any], str]]:
    """Functions that templates call: `role_words(role)` and the like, in one language.

    A code that has no words yet is said as it is.
    """

    def of(table: Mapping[Any, Pair]) -> Callable[[Any], str]:
        def say(code: Any) -> str:
            pair = table.get(code)
            return str(code) if pair is None else pair.zh if language == "zh" else pair.en

        return say

    return {name: of(table) for name, table in _TABLES.items()}
