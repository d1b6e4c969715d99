"""``stragan serve``: web, worker and scheduler as one; they start together and stop together."""

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from stragan.cli.launcher import READY_VARIABLE, Group, StartFailed, StopAsked
from stragan.cli.output import write_line, write_refusal
from stragan.kit.data_folder import FolderUnusable, data_dir, held_by_serve, refuse_demo_folder

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
_PREDECESSOR_S: Final = 15.0  # how long children of a killed launcher may take to let go of the port


class PortTaken(Exception):
    """Somebody listens at that address already, or it is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the product answers, and what its processes are told beside the environment."""

    host: str
    port: int
    as_json: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)  # printed with the address

    @property
    def reachable_host(self) -> str:
        """An address by which this machine reaches itself."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``serve`` takes."""
    parser.add_argument("--host", default=DEFAULT_HOST)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped: 0 when asked to stop, 1 when something ended by itself."""
    group = Group()
    group.listen_to_signals()
    try:
        refuse_demo_folder(data_dir())
        with held_by_serve(data_dir()) as was_killed:
            site = Site(host=options.host, port=options.port, as_json=options.json)
            return serve(group, site, is_patient=was_killed)
    except FolderUnusable as error:
        write_refusal("folder_unusable", str(error), as_json=options.json)
    except PortTaken as error:
        write_refusal("port_taken", str(error), as_json=options.json)
    return 1


def serve(group: Group, site: Site, *, is_patient: bool) -> int:
    """Start web, then the worker once the database is ready, then watch; always stops what it started.

    :raises PortTaken: nothing was started.
    """
    listener = _listen(site, is_patient=is_patient)
    try:
        try:
            _start(group, site, listener)
        finally:
            listener.close()
        return group.watch()
    except StopAsked:
        return 0
    except StartFailed as error:
        sys.stderr.write(f"{error} did not start\n")
        return 1
    finally:
        group.stop()


def _start(group: Group, site: Site, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    url = os.environ.get("STRAGAN_URL", "").rstrip("/") or f"http://{_in_url(site.reachable_host)}:{port}"
    environment = {"STRAGAN_URL": url, **site.environment}
    reader, writer = os.pipe()
    group.start(
        "web",
        ["stragan", "web", "--fd", str(listener.fileno())],
        environment={**environment, READY_VARIABLE: str(writer)},
        pass_fds=[listener.fileno(), writer],
    )
    os.close(writer)
    told = json.loads(group.wait_for_line(reader))
    os.close(reader)
    # The database fits from here on. The worker waits for nothing more, nor does anybody for it.
    group.start("worker", ["stragan", "worker"], environment={**environment, "STRAGAN_PREPARED": "1"})
    group.wait_for_answer((site.reachable_host, port), path="/healthz")
    row = {"url": url, **site.facts}
    if told.get("setup_path"):
        row["setup_url"] = f"{url}{told['setup_path']}"
    write_line(row, as_json=site.as_json)


def _listen(site: Site, *, is_patient: bool) -> socket.socket:
    """Take the port before anything starts, so that a taken one is told at once.

    :raises PortTaken: somebody has it.
    """
    deadline = time.monotonic() + (_PREDECESSOR_S if is_patient else 0.0)
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in site.host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((site.host, site.port))
        except OSError as error:
            listener.close()
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise PortTaken(
                f"Port {site.port} at {site.host} cannot be used: {error.strerror}. "
                "Choose another with --port."
            ) from None
        return listener


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
