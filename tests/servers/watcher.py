"""A notify socket that writes down what a service tells systemd."""

import socket
import threading
import uuid
from typing import Self


class Watcher:
    """A notify socket; `heard` are the lines in the order they came. "@…" is outside of the file system."""

    def __init__(self, address: str = "") -> None:
        self.address = address or f"@mailflow-test-{uuid.uuid4()}"
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address.replace("@", "\0", 1) if self.address[0] == "@" else self.address)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        while said := self._socket.recv(4096):
            self.heard += said.decode().splitlines()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.address[0] == "@":
            self._end("\0" + self.address[1:])
        else:
            self._end(self.address)
        self._thread.join(5)
        self._socket.close()

    def _end(self, address: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
            door.sendto(b"", address)
