"""``stragan demo``: orders, shops and a log-in that stay over restarts, and nothing of production."""

import json
import os
import signal
from pathlib import Path

import pytest

from builders.installations import Installation, alive, an_installation, descendants

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("STRAGAN_TEST_DATABASE") == "postgres", reason="a demo lives in SQLite only"
    ),
]

COUNTS = (
    "from stragan.orders.models import Order\nfrom stragan.shops.models import Shop\n"
    "shops = Shop.objects.across_companies()\n"
    "print(Order.objects.across_companies().count(), *shops.order_by('id').values_list('state', flat=True))"
)


def run_once(installation: Installation) -> tuple[dict[str, str], str]:
    """Start the demo, look inside, stop it as Ctrl-C does."""
    demo = installation.start(["-m", "stragan", "demo", "--port", "0", "--orders", "40", "--json"])
    with demo:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        processes = descendants(demo.pid)
        inside = Installation(
            installation.folder / "demo",
            {**installation.environment, "STRAGAN_DATA_DIR": str(installation.folder / "demo")},
        ).python(COUNTS)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=20) == 0
    assert alive(processes) == []
    return told, inside


def test_it_shows_orders_of_two_shops_and_keeps_its_log_in(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        told, inside = run_once(installation)
        assert inside.split() == ["40", "connected", "connected"]
        again, inside_again = run_once(installation)
        assert inside_again == inside
        assert (again["email"], again["password"]) == (told["email"], told["password"])
        kept = installation.folder / "demo" / "demo.json"
        assert kept.stat().st_mode & 0o777 == 0o600


def test_a_production_address_is_refused(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        installation.environment["STRAGAN_ALLEGRO_API_URL"] = "https://api.allegro.pl"
        refused = installation.command("demo", "--port", "0", "--json")
        assert refused.returncode == 1
        assert "never speaks with a real Allegro" in refused.stdout
        assert not (installation.folder / "demo").exists()


def test_a_folder_with_real_work_is_refused(tmp_path: Path) -> None:
    with an_installation(tmp_path) as installation:
        (installation.folder / "demo").mkdir(parents=True)
        (installation.folder / "demo" / "stragan.sqlite3").touch()
        assert installation.command("demo", "--port", "0").returncode == 1
