"""Runs the registries under uvicorn: in a thread for tests, in the foreground for the demo."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn

from standins.registries.app import People, build_app


def configured(people: People, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return uvicorn's settings."""
    return uvicorn.Config(
        build_app(people),
        host=host,
        port=port,
        ws="none",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


@contextlib.contextmanager
def running(people: People) -> Iterator[str]:
    """Serve *people* from a thread on a free port; yields the base address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(configured(people))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the registries did not start"
        assert time.monotonic() < deadline, "the registries did not start in time"
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
