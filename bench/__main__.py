"""``python -m bench [--database sqlite|postgres] [--part PART] [--publish]``: measure and tell."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from bench import places, report
from bench.targets import DATABASES, PARTS, Database

_PLACES: Final = {"lists": places.kept, "other_lists": places.kept, "fill": places.kept}


def main() -> int:
    """Measure all that was asked for; 1 when a part broke, a missed budget is told but no failure."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--publish", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    started = time.monotonic()
    found: dict[str, dict[str, Any]] = {}
    broken = []
    for database in options.database or DATABASES:
        if database == "postgres" and not places.postgres_answers():
            print("── no PostgreSQL answers at STRAGAN_TEST_POSTGRES_URL: not measured there")
            continue
        found[database] = {}
        for part in _parts(options.part or PARTS):
            figures, is_broken = _measured(part, database)
            found[database] |= figures
            if is_broken:
                broken.append(f"{part} on {database}")
    took_s = time.monotonic() - started
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(took_s),
        "machine": report.machine(),
        "figures": found,
    }
    path = report.store(result)
    print(report.table(found))
    print(f"\n{path.relative_to(places.ROOT)} after {took_s / 60:.1f} minutes")
    if options.publish:
        report.publish(result)
    for name in broken:
        print(f"BROKE: {name}")
    return 1 if broken else 0


def _parts(asked: Sequence[str]) -> list[str]:
    """Put before the parts what they need."""
    parts: list[str] = [part for part in PARTS if part in asked]
    if {"importing", "issuing", "processes"} & set(parts):
        parts.insert(0, "fresh")
    if "processes" in parts and "issuing" not in parts:
        parts.insert(1, "issuing")  # leaves the orders and documents that processes work on
    if {"lists", "other_lists"} & set(parts):
        parts.insert(min(parts.index(part) for part in ("lists", "other_lists") if part in parts), "fill")
    return parts


def _measured(part: str, database: Database) -> tuple[dict[str, Any], bool]:
    """Run one part in a process of its own; gives its figures, and whether it broke on the way."""
    print(f"── {part} on {database}", flush=True)
    if part == "fresh":
        places.fresh(database)
        return {}, False
    place = _PLACES.get(part, places.used)(database)
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", part, database],
        env=place.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {row.pop("key"): row for row in rows}, done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
