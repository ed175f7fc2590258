"""A small tree under the real supervisor, in a process of its own: `python -m tests.support.tree`.

It keeps two children, writes "ready" when both have written their process number, "dead NAME" when
one is to be started again, and stops at Ctrl-C.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from cli.supervisor import Child, Supervisor, use_descriptors_to_wait

# A child of ours with a child of its own, each of which writes its number; the second is deaf to
# politeness, as a solver in native code is.
OBEDIENT = """
import os, signal, sys, subprocess
folder, name = sys.argv[1:]
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
grandchild = subprocess.Popen([sys.executable, "-c", deaf])
with open(f"{folder}/{name}.new", "w") as file:
    file.write(f"{os.getpid()} {grandchild.pid}")
os.rename(f"{folder}/{name}.new", f"{folder}/{name}")
signal.pause()
"""
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + OBEDIENT


def sample_child(folder: Path, name: str, program: str, stop_seconds_max: float) -> Child:
    return Child(
        name=name,
        command=[sys.executable, "-c", program, str(folder), name],
        folder=folder,
        log=folder / f"{name}.log",
        stop_seconds_max=stop_seconds_max,
    )


async def run(folder: Path, deaf_stop_seconds_max: float) -> None:
    """Keep the two children until Ctrl-C; a second Ctrl-C does not wait for them."""
    supervisor = Supervisor(lambda child, code: _tell(f"dead {child.name} {code}"))
    interrupted: asyncio.Queue[None] = asyncio.Queue()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.put_nowait, None)
    for name, program, seconds in (
        ("obedient", OBEDIENT, 60.0),
        ("deaf", DEAF, deaf_stop_seconds_max),
    ):
        await supervisor.start(sample_child(folder, name, program, seconds))
    _tell("ready")
    await interrupted.get()
    stopping = asyncio.create_task(supervisor.stop())
    _tell("stopping")
    again = asyncio.create_task(interrupted.get())
    await asyncio.wait((stopping, again), return_when=asyncio.FIRST_COMPLETED)
    supervisor.hurry()
    again.cancel()
    await stopping
    _tell("stopped")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    use_descriptors_to_wait()
    asyncio.run(run(Path(sys.argv[1]), float(sys.argv[2])))
