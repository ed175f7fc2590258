"""The tests' side of the servers: starting their process, and borrowing from it."""

import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from services import vault

CHECKOUT = Path(__file__).resolve().parents[2]
SOCKET_VARIABLE = "MULIN_TEST_SERVERS_SOCKET"  # Inherited by the processes of pytest-xdist.
# Inherited by every process that tests and proofs start. Nothing but test data is under it.
KEYS = {"current": "k1", "keys": {"k1": base64.b64encode(bytes(range(32))).decode()}}
LEASE_SECONDS_MAX = 120
STOP_SECONDS_MAX = 60


@contextmanager
def servers_at_hand() -> Iterator[None]:
    """A process that starts the servers when the first test asks, and ends with this block."""
    os.environ[vault.KEYS_VARIABLE] = json.dumps(KEYS)
    # Not under TMPDIR: the name of a socket has a limit, and the folder must be open to others.
    folder = Path(tempfile.mkdtemp(prefix="mulin-tests-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL, run as another user under root, has to pass.
    name = str(folder / "lease.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen(64)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.servers", str(folder), str(listening.fileno())],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl-C is for pytest; this one ends when its input does.
        )
    os.environ[SOCKET_VARIABLE] = name
    try:
        yield
    finally:
        del os.environ[SOCKET_VARIABLE]
        process.communicate(timeout=STOP_SECONDS_MAX)


@contextmanager
def leased(kind: Literal["database", "valkey"]) -> Iterator[str]:
    """The address of a fresh migrated database, or of an empty Valkey database, for this block."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(LEASE_SECONDS_MAX)
        asking.connect(os.environ[SOCKET_VARIABLE])
        asking.sendall(f"{kind}\n".encode())
        with asking.makefile("rb") as answers:
            answer = json.loads(answers.readline() or b'{"error": "the servers process ended"}')
            if "error" in answer:
                raise RuntimeError(f"no {kind} for this test: {answer['error']}")
            yield answer["url"]
