"""Runs one linear or whole-number program. The only module that calls the solvers.

It imports nothing of ours and can be run as a script: then it reads requests from its standard
input and writes answers to its standard output, and dies with whoever started it. A solver deep in
its work hears no signal, so killing this process is how a solve is cancelled at once.
"""

import ctypes
import os
import pickle
import signal
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Arrays = dict[str, Any]

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Request:
    """Minimise `objective @ x` with `least <= rows @ x <= most`; `rows` as (data, indices, indptr).

    `kind` is `whole` for a whole-number program; `relaxed` and `alike` are for its linear
    relaxation by a simplex method, the latter where many columns are worth the same. `seconds`,
    `nodes` (of a search) and `iterations` (of a relaxation) end it early; None never does.

    `presolve` is for searches. On small programs it wins nothing, and there HiGHS has been seen to
    crash in it, which is only bearable in a process of its own.
    """

    kind: str
    rows: tuple[Any, Any, Any]
    shape: tuple[int, int]
    least: Floats
    most: Floats
    column_least: Floats
    column_most: Floats
    is_whole: NDArray[np.bool_]
    objective: Floats
    seconds: float | None = None
    nodes: int | None = None
    iterations: int | None = None
    presolve: bool = True


@dataclass(slots=True)
class Answer:
    """`x` where any was found; `bound` below every solution; `is_infeasible` if there is none."""

    x: Floats | None
    bound: float
    duals: Floats | None = None
    is_optimal: bool = False
    is_infeasible: bool = False


def run(request: Request) -> Answer:
    """The answer to one request."""
    if not request.shape[1]:
        # Nothing to decide. The solvers refuse programs without columns.
        return Answer(x=np.zeros(0), bound=0.0, is_optimal=True)
    return _METHODS[request.kind](request)


def _matrix(request: Request) -> Any:
    from scipy import sparse

    return sparse.csr_array(request.rows, shape=request.shape)


def _whole(request: Request) -> Answer:
    # Imported here, and not above, because a page that only checks plans must not pay for it.
    from scipy.optimize import Bounds, LinearConstraint, milp

    options: dict[str, float] = {"mip_rel_gap": 0.0, "presolve": request.presolve}
    if request.seconds is not None:
        options["time_limit"] = max(0.01, request.seconds)
    if request.nodes is not None:
        options["node_limit"] = request.nodes
    limits = [LinearConstraint(_matrix(request), request.least, request.most)]
    found = milp(
        request.objective,
        constraints=limits if request.shape[0] else [],
        bounds=Bounds(request.column_least, request.column_most),
        integrality=request.is_whole.astype(np.uint8),
        options=options,
    )
    is_optimal = found.status == 0
    bound = getattr(found, "mip_dual_bound", None)
    if bound is None or not np.isfinite(bound):
        # Without whole columns left there is no search to have a bound; the optimum is one itself.
        bound = found.fun if is_optimal else -np.inf
    return Answer(
        x=found.x,
        bound=float(bound),
        is_optimal=is_optimal,
        is_infeasible=found.status == 2,
    )


def _relaxed(request: Request) -> Answer:
    from scipy import sparse
    from scipy.optimize import linprog

    rows, least, most = _matrix(request), request.least, request.most
    is_equal = least == most
    has_most, has_least = np.isfinite(most) & ~is_equal, np.isfinite(least) & ~is_equal
    options: dict[str, float] = {}
    if request.seconds is not None:
        options["time_limit"] = max(0.01, request.seconds)
    if request.iterations is not None:
        options["maxiter"] = request.iterations
    found = linprog(
        request.objective,
        A_ub=sparse.vstack([rows[has_most], -rows[has_least]]),
        b_ub=np.concatenate([most[has_most], -least[has_least]]),
        A_eq=rows[is_equal],
        b_eq=most[is_equal],
        bounds=np.stack([request.column_least, request.column_most], axis=1),
        method="highs-ds",
        options=options,
    )
    if found.status != 0:
        return Answer(x=None, bound=-np.inf, is_infeasible=found.status == 2)
    # The dual solution is only a proposal: whoever asked makes a safe bound of it in whole numbers.
    duals = np.zeros(request.shape[0])
    above = int(has_most.sum())
    duals[has_most] += found.ineqlin.marginals[:above]
    duals[has_least] -= found.ineqlin.marginals[above:]
    duals[is_equal] = found.eqlin.marginals
    return Answer(x=found.x, bound=float(found.fun), duals=duals, is_optimal=True)


def _alike(request: Request) -> Answer:
    from ortools.linear_solver.python import model_builder_helper as helper

    # Its declared types are narrower than what it takes.
    model: Any = helper.ModelBuilderHelper()
    model.fill_model_from_sparse_data(
        request.column_least,
        request.column_most,
        request.objective,
        request.least,
        request.most,
        _matrix(request),
    )
    solver = helper.ModelSolverHelper("GLOP")
    if request.seconds is not None:
        solver.set_time_limit_in_seconds(max(0.01, request.seconds))
    if request.iterations is not None:
        solver.set_solver_specific_parameters(f"max_number_of_iterations: {request.iterations}")
    solver.solve(model)
    if solver.status() != helper.SolveStatus.OPTIMAL:
        is_infeasible = solver.status() == helper.SolveStatus.INFEASIBLE
        return Answer(x=None, bound=-np.inf, is_infeasible=is_infeasible)
    return Answer(
        x=np.array(solver.variable_values()),
        bound=float(solver.objective_value()),
        duals=np.array(solver.dual_values()),
        is_optimal=True,
    )


_METHODS = {"whole": _whole, "relaxed": _relaxed, "alike": _alike}


def main() -> None:
    """Answer requests until the input ends."""
    _die_with_parent()
    answers, requests = os.fdopen(os.dup(1), "wb"), sys.stdin.buffer
    # Solvers print when they please; what they print must not mix with the answers.
    os.dup2(2, 1)
    while (request := read_message(requests)) is not None:
        answer = run(Request(**request))
        write_message(answers, {name: getattr(answer, name) for name in Answer.__slots__})


def _die_with_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the line above took hold.
    if os.getppid() != parent:
        raise SystemExit(1)
    # Ctrl-C in a terminal reaches the whole group; only the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def read_message(source: BinaryIO) -> Any:
    """The next message; None at the end, and where the other side died in the middle of one."""
    head = source.read(8)
    size = int.from_bytes(head, "big")
    body = source.read(size) if len(head) == 8 else b""
    if len(head) < 8 or len(body) < size:
        return None
    # Both ends are this very file in one process tree: nothing foreign can write to this pipe.
    return pickle.loads(body)


def write_message(target: BinaryIO, message: Any) -> None:
    """Send one message whole: plain values only, since a script's own classes have no home."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    target.write(len(body).to_bytes(8, "big"))
    target.write(body)
    target.flush()


if __name__ == "__main__":
    main()
