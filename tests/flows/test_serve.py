"""``stragan serve``: starts as one, answers, stops as one, and leaves nobody behind."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from builders.installations import Installation, alive, an_installation, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with an_installation(tmp_path) as made:
        yield made


def test_it_answers_and_stops_cleanly_when_asked(installation: Installation) -> None:
    installation.init()
    with installation.serving() as serving:
        with urlopen(f"{serving.told['url']}/healthz", timeout=5) as answer:  # noqa: S310 -- our own address
            assert answer.read() == b"ok\n"
        assert "setup_url" not in serving.told
        wait_until(lambda: len(serving.tree()) == 5, seconds=5, what="launcher, web with two, worker")
        processes = serving.tree()
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(timeout=15) == 0
        assert alive(processes) == []


@pytest.mark.once
def test_ctrl_c_stops_it_cleanly(installation: Installation) -> None:
    with installation.serving() as serving:
        processes = serving.tree()
        serving.process.send_signal(signal.SIGINT)
        assert serving.process.wait(timeout=15) == 0
        assert alive(processes) == []


def test_without_a_company_it_prints_a_link_that_works_once_set_up_is_open(
    installation: Installation,
) -> None:
    with installation.serving() as serving:
        assert serving.told["setup_url"].startswith(f"{serving.told['url']}/setup/")
        with urlopen(serving.told["setup_url"], timeout=10) as answer:  # noqa: S310 -- our own address
            assert answer.status == 200


@pytest.mark.once
def test_killing_the_launcher_leaves_no_orphan(installation: Installation) -> None:
    with installation.serving() as serving:
        processes = serving.tree()
        serving.process.kill()
        serving.process.wait()
        wait_until(lambda: alive(processes) == [], seconds=10, what="all children are gone")


@pytest.mark.once
@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_child_that_dies_takes_all_with_it(installation: Installation, name: str) -> None:
    with installation.serving() as serving:
        processes = serving.tree()
        wait_until(lambda: len(serving.tree()) == 5, seconds=10, what="all have started")
        [child, *_] = [
            pid
            for pid in serving.tree()[1:]
            if f"\0{name}\0" in f"{Path(f'/proc/{pid}/cmdline').read_text()}\0"
        ]
        os.kill(child, signal.SIGKILL)
        assert serving.process.wait(timeout=20) == 1
        wait_until(lambda: alive(processes) == [], seconds=10, what="all are gone")


@pytest.mark.once
def test_a_second_serve_in_the_same_folder_is_refused(installation: Installation) -> None:
    with installation.serving():
        refused = installation.command("serve", "--port", "0", "--json")
        assert refused.returncode == 1
        assert '"code": "folder_unusable"' in refused.stdout
        assert "running" in refused.stdout


@pytest.mark.once
def test_a_port_in_use_is_told_at_once(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        started = time.monotonic()
        refused = installation.command("serve", "--port", port)
        assert refused.returncode == 1
        assert f"Port {port}" in refused.stdout
        assert time.monotonic() - started < 5


def test_it_starts_again_at_once_after_it_was_killed(installation: Installation) -> None:
    with installation.serving() as serving:
        port = serving.told["url"].rpartition(":")[2]
        serving.process.kill()
    with installation.serving("--port", port) as again:
        assert again.told["url"].endswith(f":{port}")


@pytest.mark.once
def test_a_demo_folder_is_refused(installation: Installation) -> None:
    installation.folder.mkdir(parents=True)
    (installation.folder / ".stragan-demo").touch()
    refused = installation.command("serve", "--port", "0")
    assert refused.returncode == 1
    assert "demo" in refused.stdout
