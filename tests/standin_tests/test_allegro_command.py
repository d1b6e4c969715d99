"""``python -m standins.allegro``, as the demo starts it."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from standin_tests.allegro_shop import small_world
from standins.allegro.server import running


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _state(port: int) -> dict[str, object]:
    deadline = time.monotonic() + 20
    while True:
        try:
            state: dict[str, object] = httpx2.get(f"http://127.0.0.1:{port}/_standin/state").json()
        except httpx2.ConnectError:
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.05)
        else:
            return state


@pytest.mark.slow
def test_the_command_serves_as_many_orders_as_asked_from_the_instant_given(tmp_path: Path) -> None:
    port = _free_port()
    arguments = ["--port", str(port), "--seed", "5", "--orders", "40", "--now", "2026-11-20T10:00:00Z"]
    process = subprocess.Popen(
        [sys.executable, "-m", "standins.allegro", *arguments, "--state-dir", str(tmp_path)],
        stdout=subprocess.PIPE,
    )
    try:
        state = _state(port)
    finally:
        process.terminate()
        process.communicate(timeout=20)

    assert state["orders"] == 40
    assert 0 <= int(str(state["now_ms"])) - 1_795_168_800_000 < 60_000
    assert (tmp_path / "allegro.json").is_file()


def test_in_a_live_world_new_orders_keep_coming() -> None:
    world = small_world(orders=3)

    with running(world, live_per_minute=6_000):
        deadline = time.monotonic() + 10
        while len(world.orders) < 6:
            assert time.monotonic() < deadline
            time.sleep(0.01)
