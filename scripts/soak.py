"""Long runs with injected faults and kills: the seeded tests of `make test`, many times over.

Usage: scripts/soak.py [SEEDS]; 40 when not said, which makes 400 trials of the sync among others.
Runs on SQLite, then on PostgreSQL when one answers.
"""

import os
import subprocess
import sys

TESTS = [
    "tests/flows/test_sync_trials.py",
    "tests/flows/test_archive_trials.py",
    "tests/flows/test_backlog.py",
    "tests/flows/test_serve_for_a_day.py",
    "tests/flows/test_fetch_under_faults.py",
    "tests/flows/test_issue_commands.py",
    "tests/flows/test_killed_anywhere.py",
    "tests/flows/test_new_database.py",
    "tests/flows/test_send_invoices.py",
    "tests/flows/test_tokens.py",
    "tests/flows/test_any_mix_of_kinds.py",
    "tests/flows/test_any_history_of_documents.py",
    "tests/flows/test_books_say_what_documents_say.py",
    "tests/integration/warehouse/test_stock_histories.py",
]


def main() -> int:
    """Run the fault tests with many seeds; the exit code says whether all held."""
    seeds = sys.argv[1] if len(sys.argv) > 1 else "40"
    worst = 0
    for database in ("sqlite", "postgres"):
        print(f"soak: {seeds} seeds on {database}", flush=True)
        environment = {**os.environ, "STRAGAN_SOAK": seeds, "STRAGAN_TEST_DATABASE": database}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", *TESTS], env=environment, check=False
        )
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
