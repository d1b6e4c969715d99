"""Every text a user can see has its Polish, and the compiled catalogs are fresh."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_every_text_has_its_polish() -> None:
    result = run("messages.py", "check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_vendored_files_are_as_recorded() -> None:
    result = run("vendor.py", "--check")
    assert result.returncode == 0, result.stdout + result.stderr
