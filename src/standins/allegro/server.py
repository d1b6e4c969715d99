"""Runs the stand-in under uvicorn: in a thread for tests, in the foreground for the demo."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from standins.allegro.app import ABORT, build_app
from standins.allegro.world import World


class _CuttableProtocol(H11Protocol):
    """Lets the application cut its own connection: a fault no ASGI message can express."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)

        async def abort() -> None:
            transport.abort()
            await asyncio.sleep(0.01)  # until the protocol has seen it: then no error page is tried

        self.app_state = {**self.app_state, ABORT: abort}


class _BriskServer(uvicorn.Server):
    """Notices at once that it shall stop: tests start and stop hundreds."""

    async def main_loop(self) -> None:
        ticks = 0
        # uvicorn looks every tenth of a second, and every tenth tick renews its headers.
        while not await self.on_tick(ticks // 20 if ticks % 20 == 0 else 1):
            ticks += 1
            await asyncio.sleep(0.005)


def configured(app: Starlette, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return uvicorn's settings for the stand-in."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_CuttableProtocol,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


@contextlib.contextmanager
def running(world: World, *, live_per_minute: float = 0.0) -> Iterator[str]:
    """Serve *world* from a thread on a free port; yields the base address."""
    listener = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # named, so asyncio sets NODELAY
    listener.bind(("127.0.0.1", 0))
    server = _BriskServer(configured(build_app(world, live_per_minute=live_per_minute)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the stand-in did not start"
        assert time.monotonic() < deadline, "the stand-in did not start in time"
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
