"""What ``make`` does: an environment from the locks, then the task. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"
LOCKS: Final = {"runtime": ROOT / "requirements/runtime.txt", "dev": ROOT / "requirements/dev.txt"}
POSTGRES_URL: Final = "postgres://postgres@127.0.0.1:5432/postgres"
BROWSERS: Final = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
# What speaks with the database is also tested on PostgreSQL.
DATABASE_TESTS: Final = ("tests/integration", "tests/web", "tests/flows")
TESTS: Final = {"sqlite": "tests on SQLite", "postgres": "tests on PostgreSQL"}
SOME_FAILED: Final = 1  # as pytest ends then; other codes tell of worse
ALONE: Final = ("-n", "0", "--last-failed", "--last-failed-no-failures", "none")
OLDEST_PYTHON: Final = (3, 11)
Step: TypeAlias = tuple[str, list[str]]


class Failed(SystemExit):
    """Ends with a sentence that says what to do."""


def main() -> None:
    """Do the task named on the command line."""
    task = sys.argv[1] if len(sys.argv) > 1 else "help"
    if task not in TASKS:
        raise Failed(f"tasks: {' '.join(TASKS)}")
    os.chdir(ROOT)
    # Set on many build servers: then each process that a test starts compiles the whole product anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    TASKS[task]()


# Tasks


def run() -> None:
    """Install what the product needs and run the demo."""
    install("runtime")
    stragan = VENV / "bin" / "stragan"
    os.execv(stragan, [str(stragan), "demo", *sys.argv[2:]])  # noqa: S606 -- no shell is wanted


def test() -> None:
    """Check everything: what is missing on this machine is told, or is a failure when required."""
    install("dev")
    required = frozenset(filter(None, os.environ.get("STRAGAN_TEST_REQUIRE", "").split(",")))
    has_postgres = _look_for_parts(required)
    steps = [(TESTS["sqlite"], _pytest("sqlite", ["tests"]))]
    if has_postgres:
        paths = [path for path in DATABASE_TESTS if (ROOT / path).is_dir()]
        steps.append((TESTS["postgres"], _pytest("postgres", paths)))
    _do(steps, at_once=CHECKS)


def lint() -> None:
    """Check all but the tests."""
    install("dev")
    _do([], at_once=CHECKS)


def quick() -> None:
    """Run the unit tests."""
    install("dev")
    _do([("unit tests", _pytest("sqlite", ["tests/unit"], processes="0"))])


def format_() -> None:
    """Put the code into its form."""
    install("dev")
    _do([("format", _tool("ruff", "format")), ("fix", _tool("ruff", "check", "--fix"))])


def shape() -> None:
    """Print the budgets of size and check them; needs no environment."""
    _do([("shape", [sys.executable, "scripts/shape.py"])])


def bench() -> None:
    """Measure on both databases."""
    install("dev")
    _do([("bench", [str(PYTHON), "-m", "bench", *sys.argv[2:]])])


def soak() -> None:
    """Run long simulations of faults and kills."""
    install("dev")
    _do([("soak", [str(PYTHON), "scripts/soak.py", *sys.argv[2:]])])


def messages() -> None:
    """Collect and compile what is translated."""
    install("dev")
    _do([(verb, [str(PYTHON), "scripts/messages.py", verb]) for verb in ("update", "compile")])


def lock() -> None:
    """Renew the locks with uv; they must hold hashes and no address."""
    for name, more in (("runtime", []), ("dev", ["--group", "dev"])):
        target = str(LOCKS[name].relative_to(ROOT))
        options = [
            "--universal",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--python-version",
            "3.11",
        ]
        command = ["uv", "pip", "compile", "pyproject.toml", *options, *more, "--upgrade", "-o", target]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = LOCKS[name].read_text().splitlines()
        bad = [line for line in lines if line.startswith("-") or "://" in line or "find-links" in line]
        if bad:
            raise Failed(f"{target} holds an address: {bad[0]}")


def clean() -> None:
    """Delete caches and reports."""
    for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", "test-artifacts"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


# Environment


def install(kind: str) -> None:
    """Make ``.venv`` and install the lock of *kind*, unless just that is there already."""
    _check_python()
    if not PYTHON.exists():
        _say("making .venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    wanted = {"runtime": ("runtime", "dev"), "dev": ("dev",)}[kind]  # the dev lock holds the other one
    if not any(_stamp(name).exists() and _stamp(name).read_text() == _state_of(name) for name in wanted):
        _say(f"installing {LOCKS[kind].name}")
        _install_lock(LOCKS[kind])
        _stamp(kind).write_text(_state_of(kind))
    _put_project_in_place()


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Failed(f"Python {sys.version.split()[0]} is too old: Stragan needs 3.11 or newer.")
    try:
        import ensurepip  # noqa: F401, PLC0415 -- Debian splits it off
        import venv  # noqa: F401, PLC0415 -- same
    except ImportError:
        raise Failed("Python comes without venv here. On Debian: apt install python3-venv") from None


def _install_lock(path: Path) -> None:
    options = ["install", "--quiet", "--require-hashes", "-r", str(path)]
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "pip", *options, "--python", str(PYTHON)], check=False).returncode == 0:
        return
    # uv is only quicker: it does not know of pip's mirrors and certificates, so pip has the last word.
    subprocess.run([str(PYTHON), "-m", "pip", *options, "--disable-pip-version-check"], check=True)


def _put_project_in_place() -> None:
    """Let ``.venv`` import ``src`` and run ``stragan``: two small files, no build, no network."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _write(VENV / "lib" / version / "site-packages" / "stragan-source.pth", f"{ROOT / 'src'}\n")
    command = VENV / "bin" / "stragan"
    _write(command, f"#!{PYTHON}\nfrom stragan.cli.main import main\n\nraise SystemExit(main())\n")
    command.chmod(0o755)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def _stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def _state_of(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes() + sys.version.encode()).hexdigest()


# Steps


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(VENV / "bin" / name), *arguments]


def _pytest(database: str, paths: Sequence[str], *, processes: str = "2") -> list[str]:
    cache = ("-o", f"cache_dir=.pytest_cache/{database}")
    return [
        "env",
        f"STRAGAN_TEST_DATABASE={database}",
        *_tool("pytest", *paths, *cache, "-q", "-n", processes, "--dist", "worksteal", "--durations", "20"),
    ]


TEST_SETTINGS: Final = "stragan.project.settings_test"
_MIGRATIONS: Final = ("-m", "django", "makemigrations", "--check", "--dry-run", "-v", "0")
CHECKS: Final = [
    ("types", _tool("mypy")),  # the longest one first
    ("imports", _tool("lint-imports", "--no-cache")),
    ("lint", _tool("ruff", "check")),
    ("format", _tool("ruff", "format", "--check", "--quiet")),
    ("shape", [sys.executable, "scripts/shape.py", "--quiet"]),
    ("translations", [str(PYTHON), "scripts/messages.py", "check"]),
    ("migrations", ["env", f"DJANGO_SETTINGS_MODULE={TEST_SETTINGS}", str(PYTHON), *_MIGRATIONS]),
]


def _do(steps: Sequence[Step], *, at_once: Sequence[Step] = ()) -> None:
    """Do all steps, tell how long each took, and fail when one of them did.

    Those *at_once* come first, two at a time; each shows what it printed when it is done.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = [*pool.map(_done_aside, at_once), *(_done(step) for step in steps)]
    names = [name for name, _command in (*at_once, *steps)]
    failed = [name for name, is_good in zip(names, results, strict=True) if not is_good]
    if failed:
        raise Failed(f"failed: {', '.join(failed)}")


def _done(step: Step) -> bool:
    name, command = step
    started = time.monotonic()
    _say(name)
    code = subprocess.run(command, check=False).returncode
    if code == SOME_FAILED and name in TESTS.values():
        # Processes, browsers and stand-ins share the cores with other tests: who fails twice is broken.
        _say(f"{name}: what failed runs once more, alone")
        code = subprocess.run([*command, *ALONE], check=False).returncode
        if code == 0:
            _say(f"{name}: the tests named as FAILED above passed alone; they lean on the machine's speed")
    is_good = code == 0
    _say(f"{name}: {'good' if is_good else 'FAILED'} after {time.monotonic() - started:.1f} s")
    return is_good


def _done_aside(step: Step) -> bool:
    name, command = step
    started = time.monotonic()
    ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    is_good = ended.returncode == 0
    verdict = f"{name}: {'good' if is_good else 'FAILED'} after {time.monotonic() - started:.1f} s"
    _say(f"{verdict}\n{ended.stdout.rstrip()}" if ended.stdout.strip() else verdict)
    return is_good


def _look_for_parts(required: frozenset[str]) -> bool:
    """Say what this machine lacks; gives whether PostgreSQL answers."""
    lacking: dict[str, str] = {}
    if not any(path.exists() for path in BROWSERS):
        lacking["browser"] = "no browser tests: apt-get install chromium-headless-shell, or chromium"
    schemas = os.environ.get("STRAGAN_SCHEMAS_DIR", "")
    if not (schemas and Path(schemas).is_dir()):
        lacking["schemas"] = "no tests against official schemas: set STRAGAN_SCHEMAS_DIR"
    url = os.environ.get("STRAGAN_TEST_POSTGRES_URL", POSTGRES_URL)
    probe = f"import psycopg; psycopg.connect({url!r}, connect_timeout=3).close()"
    if subprocess.run([str(PYTHON), "-c", probe], check=False, capture_output=True).returncode != 0:
        lacking["postgres"] = "no tests on PostgreSQL: none answers at STRAGAN_TEST_POSTGRES_URL"
    for part, sentence in lacking.items():
        _say(sentence)
        if part in required:
            raise Failed(f"STRAGAN_TEST_REQUIRE demands {part}")
    return "postgres" not in lacking


def _say(text: str) -> None:
    print(f"── {text}", flush=True)


TASKS: Final[dict[str, Callable[[], None]]] = {
    "run": run,
    "test": test,
    "quick": quick,
    "lint": lint,
    "format": format_,
    "shape": shape,
    "bench": bench,
    "soak": soak,
    "messages": messages,
    "lock": lock,
    "clean": clean,
}

if __name__ == "__main__":
    main()
