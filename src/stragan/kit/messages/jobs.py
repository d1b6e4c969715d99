"""Sentences about work that did not come to its end, and about the database under it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "database_full": _(
        "The disk of the database is full. Nothing was half done. Free some room; work goes on by itself."
    ),
    "database_busy": _(
        "The database was busy for too long. Nothing was half done; it is tried again by itself. "
        "If it repeats, look for a program that keeps the database locked."
    ),
    "database_away": _(
        "The database does not answer or cannot be written. Nothing was half done. "
        "See whether its server runs and its disk can be written."
    ),
    "job_abandoned": _(
        "This task was broken off each time it ran. Try it again; if it fails again, look into the log."
    ),
    "job_unknown": _(
        "This task belongs to another version of the program. Update the program, then try again."
    ),
}
