"""A port that nobody uses, for processes that tests start."""

import socket


def a_free_port() -> int:
    """Ask the system for a free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
