"""Sentences about companies."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "company_data_missing": _("A company needs a name, a street, a postal code and a city."),
    "company_exists": _("A company with the NIP %(nip)s is here already, with another owner."),
    "company_missing": _("There is no company here yet. Make one with `stragan init`."),
    "company_unknown": _("There is no company with the NIP %(nip)s here."),
    "company_ambiguous": _("There are several companies here. Choose one with --company NIP."),
    "company_address_missing": _(
        "Your company has no address, and an invoice must carry it (VAT Act art. 106e). "
        "Add it in the company settings before you issue documents."
    ),
    "address_unreadable": _(
        "The address “%(address)s” cannot be read. Write it like this: street 1, 00-000 city."
    ),
    "email_invalid": _("“%(email)s” is not an e-mail address."),
    "email_taken": _("%(email)s has an account here already. Give the password of that account."),
    "password_weak": _("The password is too easy to guess. %(reasons)s"),
    "invitation_invalid": _("This link is wrong, was used already or is too old. Ask for a new one."),
    "last_owner": _("A company needs an owner. Make somebody else an owner first."),
    "member_gone": _("This person does not work in the company any more. Reload the page."),
    "logo_refused": _("Choose a PNG or JPEG file of up to 1 MB, with sides of 32 to 4000 points."),
    "already_member": _("%(email)s works in this company already."),
}
