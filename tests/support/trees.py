"""Random organisation trees beside a plain reference: parents in a dictionary, subtrees by walking.

Each tree is changed at random through the services and then asked, as random accounts, in every
way in which a scope decides: the closure, the rights, the lists, and what the wall lets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from models.core import OrganisationKind, RoleName, new_id
from services import organisations, reorganising, rights, scope
from services.database import rows
from services.errors import ServiceError
from services.organisations import LEVELS, MergeIn, MoveIn
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor, Grant, Right, scope_of
from tests.support.factories import NOW, TODAY, make_account

K = OrganisationKind
NODES_MOST = 14
CHANGES_MOST = 4
ACCOUNTS = 2
BELOW = (K.DISTRICT, K.STREET, K.NEIGHBOURHOOD, K.SCHOOL, K.SERVICE_TEAM, K.SERVICE_TEAM)


@dataclass
class Node:
    """What the reference knows of a node."""

    kind: K
    parent: UUID | None
    is_active: bool = True


@dataclass
class Reference:
    """A tree by the letter: who lies below whom, found by walking up."""

    root: UUID
    nodes: dict[UUID, Node]

    def above(self, node: UUID) -> Iterator[UUID]:
        """The node and everything above it."""
        at: UUID | None = node
        while at is not None:
            yield at
            at = self.nodes[at].parent

    def below(self, top: UUID) -> set[UUID]:
        """The node and everything below it."""
        return {node for node in self.nodes if top in self.above(node)}

    def may_lie(self, kind: K, parent: UUID) -> bool:
        """A level under a higher one, everything else anywhere."""
        above = self.nodes[parent].kind
        return kind not in LEVELS or (above in LEVELS and LEVELS.index(above) < LEVELS.index(kind))

    def may_change(self, node: UUID, other: UUID) -> bool:
        """Neither is over, the node is not the top, and the other does not lie below it."""
        return (
            node != self.root
            and self.nodes[node].is_active
            and self.nodes[other].is_active
            and other not in self.below(node)
        )

    def move(self, node: UUID, parent: UUID) -> bool:
        """Lay the node elsewhere; False where that cannot be."""
        if not self.may_change(node, parent) or not self.may_lie(self.nodes[node].kind, parent):
            return False
        self.nodes[node].parent = parent
        return True

    def merge(self, node: UUID, into: UUID) -> bool:
        """Let `into` take the node over; False where that cannot be."""
        if not self.may_change(node, into) or self.nodes[node].kind != self.nodes[into].kind:
            return False
        for each in self.nodes.values():
            if each.parent == node and each.is_active:
                each.parent = into
        self.nodes[node].parent = into
        self.nodes[node].is_active = False
        return True


@dataclass
class Outcome:
    """How much was asked, and what was wrong."""

    trees: int = 0
    nodes: int = 0
    changes: int = 0
    refused: int = 0
    questions: int = 0
    wrong: list[str] = field(default_factory=list)

    def hold(self, what: str, found: object, expected: object) -> None:
        """Count a question, and note an answer that the reference does not give."""
        self.questions += 1
        if found != expected:
            self.wrong.append(f"{what}: {found!r} instead of {expected!r}")

    def add(self, other: "Outcome") -> None:
        """Both together."""
        self.trees += other.trees
        self.nodes += other.nodes
        self.changes += other.changes
        self.refused += other.refused
        self.questions += other.questions
        self.wrong += other.wrong


def grown(random: Random) -> Reference:
    """A city with some nodes under it, each where its kind may lie."""
    root = new_id()
    tree = Reference(root, {root: Node(K.CITY, None)})
    for _ in range(random.randint(1, NODES_MOST)):
        kind = random.choice(BELOW)
        parent = random.choice([node for node in tree.nodes if tree.may_lie(kind, node)])
        tree.nodes[new_id()] = Node(kind, parent)
    return tree


async def plant(trees: list[Reference]) -> None:
    """Write the trees, with a person and an unpublished project at every node."""
    nodes = [(node, each) for tree in trees for node, each in tree.nodes.items()]
    ids = [node for node, _ in nodes]
    await rows(
        "INSERT INTO organisation (id, created_at, kind, parent_id, name, state) SELECT n.id, "
        "now(), n.kind, n.parent, n.id::text, 'active' "
        "FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS n(id, kind, parent)",
        ids,
        [each.kind.value for _, each in nodes],
        [each.parent for _, each in nodes],
    )
    await rows(
        "INSERT INTO volunteer (id, created_at, active_at, state, is_on_call, is_matched, "
        "organisation_id, external_key, name, age, max_minutes, max_minutes_per_day, max_shifts, "
        "served_minutes) SELECT gen_random_uuid(), now(), now(), 'active', false, true, n.id, "
        "n.id::text, n.id::text, 30, 0, 0, 0, 0 FROM unnest($1::uuid[]) AS n(id)",
        ids,
    )
    await rows(
        "INSERT INTO project (id, created_at, organisation_id, external_key, name, category, "
        "description, state, risk_statement, risk_statement_version, is_dangerous, is_heavy_risk, "
        "agreement_version) SELECT gen_random_uuid(), "
        "now(), n.id, n.id::text, n.id::text, '', '', 'draft', '', 0, false, false, 0 "
        "FROM unnest($1::uuid[]) AS n(id)",
        ids,
    )


async def change(tree: Reference, gardener: Actor, random: Random, outcome: Outcome) -> None:
    """One random move or merger, which the service allows exactly where the reference does."""
    node, other = (random.choice(list(tree.nodes)) for _ in range(2))
    is_merger = random.random() < 0.4
    if is_merger:
        same = [each for each in tree.nodes if tree.nodes[each].kind == tree.nodes[node].kind]
        other = random.choice(same)
    expected = tree.merge(node, other) if is_merger else tree.move(node, other)
    try:
        if is_merger:
            command = MergeIn(into_id=other, reason="by chance")
            await reorganising.merge(gardener, node, command, NOW, TODAY)
        else:
            await reorganising.move(gardener, node, MoveIn(parent_id=other, reason="by chance"))
        found = True
    except ServiceError:
        found = False
    outcome.changes += 1
    outcome.refused += not found
    outcome.hold(f"{'merge' if is_merger else 'move'} {node} to {other}", found, expected)


async def ask(tree: Reference, random: Random, outcome: Outcome) -> None:
    """Whether every answer to random accounts is that of the reference, no wider and no less."""
    pairs = {(above, node) for node in tree.nodes for above in tree.above(node)}
    found = await rows(
        "SELECT ancestor_id, descendant_id FROM organisation_closure "
        "WHERE ancestor_id = ANY($1::uuid[]) OR descendant_id = ANY($1::uuid[])",
        list(tree.nodes),
    )
    outcome.hold("closure", {(row["ancestor_id"], row["descendant_id"]) for row in found}, pairs)
    for _ in range(ACCOUNTS):
        await ask_as(tree, random, outcome)


async def ask_as(tree: Reference, random: Random, outcome: Outcome) -> None:
    """The same for one account with one to three roles at random nodes."""
    roles = random.choices((RoleName.ORGANISER, RoleName.REPORTER), k=random.randint(1, 3))
    grants = tuple(
        Grant(role=role, organisation_id=random.choice(list(tree.nodes))) for role in roles
    )
    actor = Actor(account_id=new_id(), name="", grants=grants)

    def within(right: Right) -> set[UUID]:
        tops = {grant.organisation_id for grant in grants if right in grant.rights}
        return {node for top in tops for node in tree.below(top)}

    seen = await organisations.list_page(actor, PageQuery(limit=LIMIT_MAX))
    outcome.hold("list", {each.id for each in seen.items}, within(Right.SEE_TREE))
    for right in (Right.SEE_PEOPLE, Right.SEE_TOTALS):
        covered = {node for node in tree.nodes if await rights.covers(actor, right, node)}
        outcome.hold(f"covers {right}", covered, within(right))
    async with scope.entered(scope_of(actor)):
        for table, right in (("volunteer", Right.SEE_PEOPLE), ("project", Right.SEE_WORK)):
            passed = await rows(f"SELECT organisation_id FROM {table}")
            nodes = {row["organisation_id"] for row in passed}
            outcome.hold(f"wall of {table}", nodes, within(right))


async def run(seed: int, count: int) -> Outcome:
    """So many trees in the present database, all at once, so that each could leak into another."""
    random = Random(seed)
    outcome = Outcome(trees=count)
    trees = [grown(random) for _ in range(count)]
    await plant(trees)
    outcome.nodes = sum(len(tree.nodes) for tree in trees)
    account = await make_account()
    for tree in trees:
        grant = Grant(role=RoleName.SYSTEM_ADMINISTRATOR, organisation_id=tree.root)
        gardener = Actor(account_id=account.account_id, name="", grants=(grant,))
        for _ in range(random.randint(0, CHANGES_MOST)):
            await change(tree, gardener, random, outcome)
    for tree in trees:
        await ask(tree, random, outcome)
    return outcome
