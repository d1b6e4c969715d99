"""A small installation of a firm that has just begun: no package chosen, no shop connected yet."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser.conftest import Demo
from builders.installations import PASSWORD, an_installation
from standins.allegro.server import running
from standins.allegro.world import World

EMAIL = "anna@example.com"


@contextmanager
def a_new_firm(*, orders: int = 60) -> Iterator[tuple[Demo, World]]:
    """Make and serve it until the block ends; also gives its stand-in Allegro."""
    world = World(seed=7, orders=orders)
    world.settings.device_interval_seconds = 1
    with (
        tempfile.TemporaryDirectory() as folder,
        running(world) as allegro,
        an_installation(Path(folder)) as installation,
    ):
        installation.environment.update(
            STRAGAN_ALLEGRO_API_URL=allegro,
            STRAGAN_ALLEGRO_AUTH_URL=allegro,
            STRAGAN_ALLEGRO_CLIENT_ID="client",
            STRAGAN_ALLEGRO_CLIENT_SECRET="client",
            DJANGO_SETTINGS_MODULE="stragan.project.settings",
        )
        made = installation.command(
            *("init", "--nip", "5260250274", "--name", "Pracownia Anny"),
            *("--address", "ul. Próbna 1, 00-001 Warszawa"),
            *("--no-warehouse", "--email", EMAIL, "--password-stdin"),
            stdin=PASSWORD,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        with installation.serving() as site:
            yield Demo(url=site.told["url"], email=EMAIL, password=PASSWORD), world
