"""Skills: what people say they can do, who has confirmed it, and what counts.

A skill of which a rule says so counts only once somebody has confirmed it on evidence, and until
the day that they set; every other one counts when it is declared. Which skills count on a day is
said in one place, the database's `counting_skills(day)`: claims, pages, offers, rounds and call-ups
all ask it.
"""

from services.skills.confirming import (
    SkillConfirmIn,
    SkillRefuseIn,
    WaitingSkill,
    confirm,
    count_waiting,
    get_waiting,
    list_waiting,
    refuse,
)
from services.skills.holding import asked_for, change, declare, get, list_of, remove, write_all
from services.skills.imported import ImportedSkill, confirm_imported, write_imported
from services.skills.lacking import (
    Lacking,
    Step,
    StepKind,
    list_seats_at_risk,
    own_seats_at_risk,
    refusal_for,
    steps_to,
)
from services.skills.reminding import remind
from services.skills.rules import EvidenceKind, SkillRule, every_rule, list_rules, rules_for
from services.skills.types import HeldSkill, SkillIn, SkillState

__all__ = [
    "EvidenceKind",
    "HeldSkill",
    "ImportedSkill",
    "Lacking",
    "SkillConfirmIn",
    "SkillIn",
    "SkillRefuseIn",
    "SkillRule",
    "SkillState",
    "Step",
    "StepKind",
    "WaitingSkill",
    "asked_for",
    "change",
    "confirm",
    "confirm_imported",
    "count_waiting",
    "declare",
    "every_rule",
    "get",
    "get_waiting",
    "list_of",
    "list_rules",
    "list_seats_at_risk",
    "list_waiting",
    "own_seats_at_risk",
    "refusal_for",
    "refuse",
    "remind",
    "remove",
    "rules_for",
    "steps_to",
    "write_all",
    "write_imported",
]
