"""pymap as a plain process: an IMAP server of another make, in memory, without TLS (loopback only)."""

import subprocess
import sys
import time
from pathlib import Path

from tests.servers import answers, free_ports

USER, PASSWORD = "test@kaarst.example", "geheim"


class Pymap:
    """`with Pymap() as server:` listens on `server.port`; its one user is USER."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        program = Path(sys.executable).parent / "pymap"
        self._process = subprocess.Popen(
            [
                *(str(program), "--host", "127.0.0.1", "--port", str(self.port), "--no-tls", "dict"),
                *("--demo-user", USER, "--demo-password", PASSWORD),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Pymap":
        end = time.monotonic() + 30
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("pymap did not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
