"""What is kept of a refusal or an outage, so that a page can say it later."""

from typing import Final

from stragan.core.errors import StraganError, Unavailable
from stragan.shops.actions import ModuleOff

_TOLD: Final = (
    "status",
    "trace_id",
    "problem",
    "allegro_code",
    "shop",
    "reason",
    "retry_after_s",
    "url",
    "known_url",
)


def told(trouble: StraganError) -> dict[str, object]:
    """Give the parameters of *trouble* that its sentence needs, plain values only; never a secret."""
    return {
        name: value for name in _TOLD if isinstance(value := trouble.params.get(name), str | int) and value
    }


def mends_itself(trouble: StraganError) -> bool:
    """Whether reading goes on by itself: after an outage, or once the Allegro module is on again."""
    return isinstance(trouble, Unavailable | ModuleOff)
