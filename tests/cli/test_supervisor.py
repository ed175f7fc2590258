"""The supervisor, with real processes that are really killed."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from cli.supervisor import Alive, Child, Supervisor
from cli.words import HouseRefused, Phrase
from tests.support.processes import lives, program, read_until
from tests.support.waiting import wait_until

PATIENT = "600"  # Longer than any test waits: what ends before has not been waited for.


def _numbers(folder: Path, name: str) -> list[int]:
    """The processes that a child has written down: itself, and its own child."""
    path = folder / name
    return wait_until(
        lambda: [int(number) for number in path.read_text().split()] if path.exists() else None,
        f"{name} to start",
    )


def _all_numbers(folder: Path) -> list[int]:
    return _numbers(folder, "obedient") + _numbers(folder, "deaf")


def _wait_until_gone(numbers: list[int]) -> None:
    wait_until(lambda: not any(map(lives, numbers)), f"{numbers} to be gone")


def test_a_killed_child_is_started_again_and_leaves_none_of_its_own(tmp_path: Path) -> None:
    with program("tests.support.tree", str(tmp_path), PATIENT) as tree:
        read_until(tree, "ready")
        first = _numbers(tmp_path, "obedient")
        (tmp_path / "obedient").unlink()

        os.kill(first[0], signal.SIGKILL)

        assert "dead obedient -9" in read_until(tree, "dead")
        second = _numbers(tmp_path, "obedient")
        assert not set(first) & set(second)
        _wait_until_gone(first)
        os.kill(tree.pid, signal.SIGKILL)
        _wait_until_gone([second[0], _numbers(tmp_path, "deaf")[0]])
        for left in (*second, *_numbers(tmp_path, "deaf")):
            _kill(left)


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    with program("tests.support.tree", str(tmp_path), PATIENT) as tree:
        read_until(tree, "ready")
        numbers = _all_numbers(tmp_path)

        os.kill(tree.pid, signal.SIGKILL)

        _wait_until_gone([numbers[0], numbers[2]])  # Grandchildren see to themselves, as Celery's.
        for left in numbers:
            _kill(left)


def test_ctrl_c_ends_all_and_kills_what_will_not_end(tmp_path: Path) -> None:
    with program("tests.support.tree", str(tmp_path), "0.1") as tree:
        read_until(tree, "ready")
        numbers = _all_numbers(tmp_path)

        os.kill(tree.pid, signal.SIGINT)

        read_until(tree, "stopped")
        assert tree.wait() == 0
        assert not any(map(lives, numbers))


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    with program("tests.support.tree", str(tmp_path), PATIENT) as tree:
        read_until(tree, "ready")
        numbers = _all_numbers(tmp_path)
        os.kill(tree.pid, signal.SIGINT)
        read_until(tree, "stopping")
        assert tree.poll() is None

        os.kill(tree.pid, signal.SIGINT)

        read_until(tree, "stopped")
        assert tree.wait() == 0
        assert not any(map(lives, numbers))


async def test_a_child_that_ends_before_it_is_ready_is_refused_with_its_last_words(
    tmp_path: Path,
) -> None:
    child = Child(
        name="brief",
        command=["/bin/sh", "-c", "echo last words; exit 3"],
        folder=tmp_path,
        log=tmp_path / "brief.log",
    )
    supervisor = Supervisor(lambda child, code: None)

    with pytest.raises(HouseRefused, match="last words"):
        await supervisor.start(child, _until_dead)

    await supervisor.stop()


async def _until_dead(alive: Alive) -> None:
    await asyncio.to_thread(wait_until, lambda: not alive(), "the child to end")
    raise HouseRefused(Phrase("没有启动", "did not start"))


def _kill(process: int) -> None:
    subprocess.run(["kill", "-9", str(process)], capture_output=True)
