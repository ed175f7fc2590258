"""The table of rights as a document, `python -m tests.house.rights`: it writes docs/rights.md.

What stands around the tables is written here; the tables are read from `services.rights.MATRIX`,
`SCOPES` and `services.roles.GIVES`, so the document says what the service does.
"""

import sys

from api.sentences.rights import RIGHT_WORDS, ROLE_ABOUT, ROLE_WORDS
from services.approvals import ApprovalKind
from services.rights import MATRIX, SCOPES, Right, RoleName
from services.roles import GIVES, THREE
from tests.house.files import CHECKOUT

FILE = CHECKOUT / "docs" / "rights.md"
SHORT = {
    RoleName.ORGANISER: "组织者",
    RoleName.SHIFT_LEAD: "负责人",
    RoleName.REPORTER: "统计员",
    RoleName.COORDINATOR: "应急",
    RoleName.AUDITOR: "审计员",
    RoleName.NODE_ADMINISTRATOR: "本级管理",
    RoleName.SYSTEM_ADMINISTRATOR: "系统管理",
    RoleName.SECURITY_ADMINISTRATOR: "安全管理",
    RoleName.AUDIT_ADMINISTRATOR: "审计管理",
}
HEAD = """\
# Rights

Printed from the code by `python -m tests.house.rights`; a test holds it equal. Nothing else
grants anything.

A role is held **at a node** and is valid for everything below it. What lies outside is not there
(404, `not_found`); what lies inside but is not of the role is refused by the name of the right
(403, `right_missing`). Both leave a line in the [log](audit.md). The services ask
(`services/rights.py`); row-level security in PostgreSQL is a second wall behind them
(`models/migrations/0005_walls.py`). A role counts only in a session with a second factor.

**Volunteer 志愿者** and **guardian 监护人** are what a person is, not roles. A volunteer
acts for themselves: their profile, claims, offers, consents, sessions, their own data in and out.
A verified guardian does the same for a ward below 18, and for a ward below 14 nobody else does.
"""
GIVING = """
## Giving and ending roles

One person asks (`POST /role-grants`, /admin/roles/new), a **second** one approves within seven
days (/admin/approvals); the role is there with the approval, in the same transaction. Neither
whoever asked nor whoever gains can approve, in the service and in the database alike. Ending
takes one person and is immediate: the account's sessions end with it, and the next request says
why. A role may carry its last day. Anybody may give up their own role; the last security
administrator may not go.

{table}

System, security and audit administrator (三员) are three people: nobody holds two of them, and they
are given, approved and ended at the city only, by two security administrators. Nobody below
chooses who audits them: an auditor is given by a security administrator. The first security
administrators come from the command line (`mulin account`), and so does nobody else.

## Other acts that two people share

`services/approvals` is one mechanism: `request` → `approve` | `refuse` | `withdraw` | expired
after seven days. A part that needs two people registers its kind once, with who may ask, who may
approve, and what is then done:

```python
approvals.register(ApprovalKind.BACK_FILL, Rule(asks=Right.…, approves=Right.…, execute=_back_fill))
command = {{"record_id": str(record_id)}}
await approvals.request(actor, ApprovalKind.BACK_FILL, node, command, reason, now)
```

`command` holds ids and codes only. `execute` runs in the approver's scope and in the transaction
of the approval; if it raises, nothing is decided. `concerns` names the account that gains. Kinds:
{kinds}.
"""


def document() -> str:
    """The whole text."""
    kinds = ", ".join(f"`{kind.value}`" for kind in ApprovalKind)
    return "\n".join(
        (
            HEAD,
            "## The roles\n",
            _roles(),
            "\n## Role × right\n",
            _matrix(),
            GIVING.format(table=_gives(), kinds=kinds),
            "## Scopes of machine clients\n",
            "A program holds scopes at the node of its client; it never acts for a person.\n",
            _scopes(),
            "",
        )
    )


def _roles() -> str:
    lines = ["| role | 角色 | what it is for |", "|---|---|---|"]
    for role in RoleName:
        zh, en = ROLE_WORDS[role]
        about = ROLE_ABOUT[role]
        lines.append(f"| {en} `{role.value}` | {zh} | {about.en}<br>{about.zh} |")
    return "\n".join(lines)


def _matrix() -> str:
    heads = " | ".join(SHORT[role] for role in RoleName)
    lines = [f"| right | {heads} |", "|---|" + ":-:|" * len(RoleName)]
    for right in Right:
        marks = " | ".join("●" if right in MATRIX[role] else "" for role in RoleName)
        zh, en = RIGHT_WORDS[right]
        lines.append(f"| {zh} {en} `{right.value}` | {marks} |")
    return "\n".join(lines)


def _gives() -> str:
    lines = ["| a holder of | may ask for, approve and end |", "|---|---|"]
    for giver, given in GIVES.items():
        names = [ROLE_WORDS[role].en for role in RoleName if role in given]
        at_top = " (the three at the city only)" if given & THREE else ""
        lines.append(f"| {ROLE_WORDS[giver].en} | {', '.join(names)}{at_top} |")
    return "\n".join(lines)


def _scopes() -> str:
    lines = ["| scope | rights |", "|---|---|"]
    for name, held in SCOPES.items():
        rights = ", ".join(RIGHT_WORDS[right].en for right in Right if right in held)
        lines.append(f"| `{name}` | {rights} |")
    return "\n".join(lines)


def main() -> None:
    FILE.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"written: {FILE.relative_to(CHECKOUT)}\n")


if __name__ == "__main__":
    main()
