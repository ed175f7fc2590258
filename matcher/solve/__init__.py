"""The solver: a problem in, the best plan that can be found in the time, with its proofs."""

from matcher.solve.params import Progress, SolveParams, Stage
from matcher.solve.run import Solved, solve, solve_with_proof

__all__ = ["Progress", "SolveParams", "Solved", "Stage", "solve", "solve_with_proof"]
