"""The problem of a round in a test world, read twice: as objects and as columns."""

from matcher.problem import Line, Problem
from matcher.problem import Volunteer as Person
from matcher.tables.of_problem import tables_of
from matcher.validate import validate
from models.core import (
    Role,
    Shift,
    Volunteer,
)
from services.planning import load_problem
from services.planning.copying import load_tables
from tests.services.rounds_world import World
from tests.tables.same import unlike


async def problem_of(world: World, **changes: object) -> Problem:
    round_ = await world.request(**changes)
    problem = (await load_problem(round_.id)).problem
    assert validate(problem) == ()
    # Whatever a test here puts into the database, columns copied out of it say the same.
    assert unlike((await load_tables(round_.id)).tables, tables_of(problem)) == []
    return problem


async def only_role(shift: Shift) -> Role:
    return await Role.get(shift_id=shift.id)


async def line(person: Volunteer, shift: Shift) -> Line:
    return Line(str(person.id), str(shift.id), str((await only_role(shift)).id))


def by_id(problem: Problem, person: Volunteer) -> Person:
    return next(each for each in problem.volunteers if each.id == str(person.id))
