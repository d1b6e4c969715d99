"""The part that makes sure that the million is there."""

from bench import filling, places
from bench.measuring import say
from bench.targets import Database
from stragan.cli.main import set_up_django
from stragan.kit.data_folder import data_dir


def measure(_database: Database) -> None:
    """Fill the database unless it is filled."""
    folder = data_dir()
    if places.is_filled(folder):
        return
    set_up_django()
    say(f"filling {filling.ORDERS:,} orders; kept for the next time")
    filling.fill()
    (folder / "filled").touch()
