"""Real servers for the tests: each on free loopback ports, owned and stopped by its test."""

import os
import socket

import pytest


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def answers(port: int) -> bool:
    """Does somebody listen there?"""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def missing(what: str) -> None:
    """A server that is not on this machine: the test is skipped, but where NEED_SERVERS is set it fails."""
    if os.environ.get("NEED_SERVERS"):
        pytest.fail(f"{what} is not installed, and NEED_SERVERS says it must be")
    pytest.skip(f"{what} is not installed")
