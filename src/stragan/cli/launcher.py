"""Runs several of our commands as one: they start together, and none outlives the others.

Kept thin: no Django here, so that the process that only watches costs next to nothing.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from stragan.cli.lifeline import PARENT_VARIABLE, end_with_parent

READY_VARIABLE: Final = "STRAGAN_READY_FD"
STOP_LIMIT_S: Final = 15.0
START_LIMIT_S: Final = 120.0  # a first start migrates and gathers static files
_LOOK_S: Final = 0.2


class StartFailed(Exception):
    """A child ended, or did not get ready in time, before the group was up."""


class StopAsked(Exception):
    """Somebody asked us to stop while we were starting."""


@dataclass(slots=True)
class Group:
    """The children, and whether somebody asked all of us to stop."""

    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    base: set[str] = field(default_factory=set)
    is_stop_asked: bool = False

    def listen_to_signals(self) -> None:
        """Stop all on SIGTERM, SIGINT and SIGHUP."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stop_asked = True  # no more than that: a lock taken here could be held already

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        is_base: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start ``python -m`` *arguments* as a child that ends when we do.

        The others lean on one *is_base*: it ends last, says nothing, and hears no Ctrl-C of its own.
        """
        if is_base:
            self.base.add(name)
        # Two arenas are plenty for a few threads; glibc would make eight times the cores.
        given = {
            "MALLOC_ARENA_MAX": "2",
            **os.environ,
            PARENT_VARIABLE: str(os.getpid()),
            **(environment or {}),
        }
        parent = os.getpid()
        self.children[name] = subprocess.Popen(  # noqa: S603 -- our own modules
            [sys.executable, "-m", *arguments],
            env=given,
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if is_base else None,
            process_group=0 if is_base else None,
            preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509 -- this process has one thread
        )
        return self.children[name]

    def run_to_end(self, name: str, arguments: Sequence[str], *, environment: Mapping[str, str]) -> None:
        """Start a child that does one thing and wait for it, others being watched.

        :raises StartFailed: it ended badly, or another child ended.
        :raises StopAsked: somebody asked us to stop.
        """
        child = self.start(name, arguments, environment=environment)
        while child.poll() is None:
            self.check()
            time.sleep(0.05)
        if child.returncode != 0:
            raise StartFailed(name)
        del self.children[name]

    def check(self) -> None:
        """Look whether starting may go on.

        :raises StartFailed: a child ended.
        :raises StopAsked: somebody asked us to stop.
        """
        if self.is_stop_asked:
            raise StopAsked
        for name, child in self.children.items():
            if child.poll() not in (None, 0):
                raise StartFailed(name)

    def wait_for_line(self, reader: int) -> str:
        """Wait for the line a child writes when it is ready.

        :raises StartFailed: it ended before.
        :raises StopAsked: somebody asked us to stop.
        """
        deadline = time.monotonic() + START_LIMIT_S
        text = b""
        while not text.endswith(b"\n"):
            self.check()
            if time.monotonic() > deadline:
                raise StartFailed("web")
            if select.select([reader], [], [], 0.05)[0]:
                piece = os.read(reader, 4096)
                if not piece:
                    raise StartFailed("web")
                text += piece
        return text.decode()

    def wait_for_answer(self, address: tuple[str, int], *, path: str) -> None:
        """Wait until something speaks HTTP at *address*.

        :raises StartFailed: a child ended, or nothing answered in time.
        :raises StopAsked: somebody asked us to stop.
        """
        deadline = time.monotonic() + START_LIMIT_S
        while not _answers(address, path):
            self.check()
            if time.monotonic() > deadline:
                raise StartFailed("web")
            time.sleep(0.03)

    def watch(self) -> int:
        """Wait until somebody asks to stop (0) or a child ends (1)."""
        while not self.is_stop_asked:
            for name, child in self.children.items():
                if child.poll() is not None:
                    sys.stderr.write(f"{name} ended with {child.returncode}; stopping the others\n")
                    return 1
            time.sleep(_LOOK_S)
        return 0

    def stop(self) -> None:
        """End all children: politely, then by force; first those that lean on others."""
        self._end([child for name, child in self.children.items() if name not in self.base])
        self._end([child for name, child in self.children.items() if name in self.base])

    @staticmethod
    def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_LIMIT_S
        for child in children:
            try:
                child.wait(timeout=max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _answers(address: tuple[str, int], path: str) -> bool:
    try:
        with socket.create_connection(address, timeout=2) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {address[0]}:{address[1]}\r\n\r\n".encode())
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False
