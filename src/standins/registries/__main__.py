"""``python -m standins.registries --port 8003``: made-up registries of taxpayers for the demo."""

import argparse
import sys

import uvicorn

from standins.registries.app import Company, People
from standins.registries.server import configured


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m standins.registries", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    people = People(
        by_nip={
            "5260250274": Company(name="Kubki Sp. z o.o."),
            "7811767696": Company(name="Lampy S.A.", flat="4"),
        },
        by_vat={"CZ25123891": "Hrnky s.r.o."},
        made_up="999",  # as the numbers of the made-up buyers do
    )
    sys.stdout.write(f"Registries stand-in: http://{given.host}:{given.port}\n")
    sys.stdout.flush()
    uvicorn.Server(configured(people, host=given.host, port=given.port)).run()


if __name__ == "__main__":
    main()
