"""``python -m standins.allegro --port 8001 --orders 300``: a made-up Allegro for the demo and for tests."""

import argparse
import sys
from pathlib import Path

import uvicorn

from standins.allegro.app import build_app
from standins.allegro.clock import parse
from standins.allegro.server import configured
from standins.allegro.state import restore
from standins.allegro.world import DEFAULT_LOGINS, World


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m standins.allegro", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--days", type=float, default=30.0, help="how far back the orders reach")
    parser.add_argument("--now", help="ISO instant the clock starts from (it ticks on)")
    parser.add_argument(
        "--seller", action="append", help=f"login, repeatable; default {' '.join(DEFAULT_LOGINS)}"
    )
    parser.add_argument("--state-dir", type=Path, help="keep tokens and changes here over restarts")
    parser.add_argument("--payouts", action="store_true", help="wallets are paid out each day")
    parser.add_argument("--live", action="store_true", help="a few new orders appear each minute")
    parser.add_argument("--auto-approve", action="store_true", help="consent pages redirect at once")
    parser.add_argument("--approve-device-after", type=int, help="polls until a device is approved by itself")
    return parser.parse_args()


def main() -> None:
    """Serve until stopped."""
    given = _arguments()
    world = World(
        seed=given.seed,
        orders=given.orders,
        logins=tuple(given.seller or DEFAULT_LOGINS),
        now_ms=parse(given.now) if given.now else None,
        days=given.days,
    )
    world.settings.auto_approve = given.auto_approve
    world.settings.payouts = given.payouts
    world.settings.approve_device_after = given.approve_device_after
    state_file = given.state_dir / "allegro.json" if given.state_dir else None
    if state_file is not None:
        restore(world, state_file)
    app = build_app(world, live_per_minute=3.0 if given.live else 0.0, state_file=state_file)
    sys.stdout.write(f"Allegro stand-in: http://{given.host}:{given.port}\n")
    sys.stdout.flush()
    uvicorn.Server(configured(app, host=given.host, port=given.port)).run()


if __name__ == "__main__":
    main()
