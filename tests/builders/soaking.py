"""How many made-up histories a property test plays: few in `make test`, many in `make soak`."""

import os


def examples(usual: int) -> int:
    """Give *usual*, or ten for each seed that `make soak` asks for."""
    return max(usual, 10 * int(os.environ.get("STRAGAN_SOAK", "0")))
