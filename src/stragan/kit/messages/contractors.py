"""Sentences about contractors."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "contractor_name_missing": _("Give the contractor a name."),
    "contractor_exists": _("“%(name)s” has this number already. Open that contractor, or merge the two."),
    "contractor_unknown": _("This contractor is not here any more. Go back to the list and find it again."),
    "registries_off": _(
        "No address of a registry is configured here. Set STRAGAN_GUS_URL, STRAGAN_VIES_URL or"
        " STRAGAN_WHITE_LIST_URL."
    ),
    "look_up_failed": _("%(registry)s does not answer now (%(reason)s). Type the data in, or try later."),
    "nip_unknown": _("The registry does not know a company with the NIP %(nip)s."),
    "registry_error": _("%(registry)s: %(reason)s."),
    "registry_unavailable": _("%(registry)s does not answer now (%(reason)s). Nothing is known; try later."),
    "registry_refused": _("%(registry)s did not take the question (%(reason)s). Look at its settings."),
    "registry_insecure": _("“%(url)s” cannot be the address of a registry: use https://."),
    "contractors_same": _("Choose another contractor: one cannot be merged into itself."),
}
