"""Sentences about background work that did not come to its end."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "job_abandoned": _(
        "This task was broken off each time it ran. Try it again; if it fails again, look into the log."
    ),
    "job_unknown": _(
        "This task belongs to another version of the program. Update the program, then try again."
    ),
}
