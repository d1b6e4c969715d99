"""``stragan demo``: a made-up company on a made-up Allegro, in a folder of its own."""

import argparse
import ipaddress
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from stragan.cli.launcher import Group, StartFailed, StopAsked
from stragan.cli.output import write_refusal
from stragan.cli.serve import DEFAULT_HOST, DEFAULT_PORT, PortTaken, Site, serve
from stragan.kit.data_folder import FolderUnusable, claim_for_demo, data_dir, held_by_serve, is_demo_folder

ORDERS: Final = 300
EMAIL: Final = "demo@example.com"
CLIENT_ID: Final = "stragan-demo"
REGISTRY_KEY: Final = "abcde12345abcde12345"  # the stand-in takes no other
SHOPS: Final = (("Dom i Kubek", "dom_i_kubek"), ("Lampownia", "lampownia"))
_FILE: Final = "demo.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What stays the same over restarts: the log-in, and the stand-ins' ports where they are free."""

    password: str
    standin_port: int
    registries_port: int
    orders: int


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``demo`` takes."""
    parser.add_argument("--host", default=DEFAULT_HOST)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--orders", type=int, default=ORDERS, help="how many at the first start")
    parser.set_defaults(run=run)


def demo_folder() -> Path:
    """The demo's folder: ``demo`` inside the data folder, or the data folder itself when it is one."""
    path = data_dir()
    return path if is_demo_folder(path) else path / "demo"


def run(options: argparse.Namespace) -> int:
    """Run until stopped: stand-ins, then the made-up company, then all that ``serve`` starts."""
    group = Group()
    group.listen_to_signals()
    try:
        _refuse_production()
        folder = demo_folder()
        claim_for_demo(folder)
        with held_by_serve(folder) as was_killed:
            return _run(group, folder, options, is_patient=was_killed)
    except FolderUnusable as error:
        write_refusal("folder_unusable", str(error), as_json=options.json)
    except PortTaken as error:
        write_refusal("port_taken", str(error), as_json=options.json)
    return 1


def _run(group: Group, folder: Path, options: argparse.Namespace, *, is_patient: bool) -> int:
    kept = _kept(folder, orders=options.orders)
    environment = _environment(folder, kept)
    try:
        _start_standins(group, folder, kept)
        # It says nothing but refusals; what it makes is found again at the next start.
        group.run_to_end("demo company", ["stragan.cli.demo_company"], environment=environment)
        site = Site(
            host=options.host,
            port=options.port,
            as_json=options.json,
            environment=environment,
            facts={"email": EMAIL, "password": kept.password},
        )
        return serve(group, site, is_patient=is_patient)
    except StopAsked:
        return 0
    except StartFailed as error:
        write_refusal("start_failed", f"{error} did not start", as_json=options.json)
        return 1
    finally:
        group.stop()


def _refuse_production() -> None:
    """Stop when the environment names an Allegro outside this machine.

    :raises FolderUnusable: it does.
    """
    for variable in ("STRAGAN_ALLEGRO_API_URL", "STRAGAN_ALLEGRO_AUTH_URL"):
        url = os.environ.get(variable, "")
        if url and not _is_loopback(urlsplit(url).hostname or ""):
            raise FolderUnusable(f"{variable} is {url}: a demo never speaks with a real Allegro. Unset it.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kept(folder: Path, *, orders: int) -> Secrets:
    path = folder / _FILE
    known = json.loads(path.read_text()) if path.exists() else {}
    kept = Secrets(
        password=known.get("password") or secrets.token_urlsafe(9),
        standin_port=_free_port(known.get("standin_port", 0)),
        registries_port=_free_port(known.get("registries_port", 0)),
        orders=known.get("orders", orders),
    )
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(kept), file)
    temporary.replace(path)
    return kept


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StartFailed("stand-in")


def _environment(folder: Path, kept: Secrets) -> dict[str, str]:
    address = f"http://127.0.0.1:{kept.standin_port}"
    registries = f"http://127.0.0.1:{kept.registries_port}"
    return {
        "STRAGAN_DATA_DIR": str(folder),
        "STRAGAN_DATABASE_URL": "",  # a demo never meets a real database
        "STRAGAN_STATIC_DIR": str(folder / "static"),
        "STRAGAN_SECRET_KEY": "",
        "STRAGAN_FIELD_KEYS": "",
        "STRAGAN_ALLEGRO_API_URL": address,
        "STRAGAN_ALLEGRO_AUTH_URL": address,
        "STRAGAN_ALLEGRO_CLIENT_ID": CLIENT_ID,
        "STRAGAN_ALLEGRO_CLIENT_SECRET": CLIENT_ID,
        "STRAGAN_GUS_URL": f"{registries}/gus",
        "STRAGAN_GUS_KEY": REGISTRY_KEY,
        "STRAGAN_VIES_URL": f"{registries}/vies",
        "STRAGAN_WHITE_LIST_URL": f"{registries}/white-list",
    }


def _start_standins(group: Group, folder: Path, kept: Secrets) -> None:
    registries = ["standins.registries", "--port", str(kept.registries_port)]
    group.start("registries", registries, is_base=True)
    given = {
        "--port": kept.standin_port,
        "--orders": kept.orders,
        "--state-dir": folder / "allegro",
        "--approve-device-after": 0,
    }
    words = [str(word) for pair in given.items() for word in pair]
    sellers = [word for _, login in SHOPS for word in ("--seller", login)]
    group.start("stand-in", ["standins.allegro", "--payouts", *words, *sellers], is_base=True)
    group.wait_for_answer(("127.0.0.1", kept.standin_port), path="/")
    group.wait_for_answer(("127.0.0.1", kept.registries_port), path="/")
