"""Sentences about the archive of Allegro's answers."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "archive_file_unwritable": _(
        "The archive cannot be written to %(path)s: %(reason)s. Choose another place and try again."
    ),
    "archive_file_unreadable": _(
        "%(path)s is no archive of Stragan, or not all of it. Copy or export it once more and try again; "
        "what was taken in already stays."
    ),
    "contact_data_purged": _(
        "The contact data of %(orders)s orders are gone: purchases older than %(months)s months are kept "
        "without them. Everything else of these orders was compared; who bought them is unknown now."
    ),
    "statement_orders_purged": _(
        "The contact data of %(orders)s orders of that day were purged by age. The statement does not rest "
        "on them: it names hashes, ids and amounts, and these stay."
    ),
    "archive_of_another": _(
        "The archive is of the company with NIP %(nip)s. Choose that company, or enter it first."
    ),
    "archive_not_fresh": _(
        "There are orders here that are not from this file, and an older answer must not be taken in "
        "behind a newer one. Feed a database without orders."
    ),
}
