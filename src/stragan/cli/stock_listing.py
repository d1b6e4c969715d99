"""What ``stragan stock list`` does once Django is there."""

import argparse

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.warehouse.queries import all_stands


def list_stock(options: argparse.Namespace) -> int:
    """Write one line per product that is not archived, by name; gives the exit code.

    Of a bundle the figures are how many could be put together from its components.
    """
    for stand in all_stands(chosen_company(options)):
        write_line(
            {
                "sku": stand.sku,
                "name": stand.name,
                "on_hand": f"{stand.on_hand:f}",
                "reserved": f"{stand.reserved:f}",
                "available": f"{stand.available:f}",
            },
            as_json=options.json,
        )
    return 0
