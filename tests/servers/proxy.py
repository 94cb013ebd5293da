"""A wire between Mailflow and a real IMAP server that breaks where it is told to.

`fault(line)` is asked for each line that the client sends and says what happens then:
  ""       nothing: it passes
  "cut"    the connection ends before the server sees the line
  "after"  the server gets the line, and the connection ends before its answer comes
  "hang"   nobody answers any more, but the connection stays open
  "bye"    the server's answer is "* BYE", and the connection ends
  "drip"   from here on the answers come a few bytes at a time
Any other word is sent to the client as the answer, with the line's tag before it.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

Fault = Callable[[str], str]


class Proxy:
    """`with Proxy(port) as proxy:` listens on `proxy.port`; `proxy.fault` may change at any time."""

    def __init__(self, target: int, fault: Fault = lambda line: "") -> None:
        self.fault = fault
        self._target = target
        self.lines: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            wire = _Wire(self, client, server)
            threading.Thread(target=wire.upstream, daemon=True).start()
            threading.Thread(target=wire.downstream, daemon=True).start()


class _Wire:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._mute = self._drip = False

    def upstream(self) -> None:
        try:
            for line in self._client.makefile("rb"):
                self._pass_on(line)
        except OSError:
            pass
        self._end()

    def _pass_on(self, line: bytes) -> None:
        said = line.decode("utf-8", "replace").strip()
        self._proxy.lines.append(said)
        what = self._proxy.fault(said)
        if what == "drip":
            self._drip = True
        elif what in ("hang", "after"):
            self._mute = True
        elif what == "cut":
            raise OSError
        elif what == "bye":
            self._client.sendall(b"* BYE going down\r\n")
            raise OSError
        elif what:
            self._client.sendall(f"{said.split(' ')[0]} {what}\r\n".encode())
            return
        if what != "hang":
            self._server.sendall(line)
        if what == "after":
            time.sleep(0.2)  # the server does it, and nobody hears of it
            raise OSError

    def downstream(self) -> None:
        try:
            while data := self._server.recv(65536):
                for piece in [data[i : i + 7] for i in range(0, len(data), 7)] if self._drip else [data]:
                    if not self._mute:
                        self._client.sendall(piece)
        except OSError:
            pass
        if not self._mute:
            self._end()

    def _end(self) -> None:
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
