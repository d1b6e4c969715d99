"""One part on one database, in a process of its own: ``python -m bench.child PART DATABASE``."""

import sys
from importlib import import_module
from typing import cast

from bench.targets import Database


def main() -> None:
    """Measure and print figures as JSON lines."""
    part, database = sys.argv[1], cast("Database", sys.argv[2])
    import_module(f"bench.{part}").measure(database)


if __name__ == "__main__":
    main()
