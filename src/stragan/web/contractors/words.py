"""Names and signs of what pages about contractors show."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stragan.contractors.models import Contractor, RegistryCheck
from stragan.contractors.queries import Trait, Who
from stragan.contractors.states import Answer, Registry, Source, Trouble

WHO: Final[dict[str, str | Promise]] = {
    Who.COMPANY: pgettext_lazy("contractor", "Companies"),
    Who.CONSUMER: pgettext_lazy("contractor", "Consumers"),
}

TRAITS: Final[dict[str, str | Promise]] = {
    Trait.NIP: _("with a NIP"),
    Trait.EU: _("with an EU VAT number"),
    Trait.PROBLEM: _("with a problem"),
    Trait.UNDOCUMENTED: _("without documents"),
}

TROUBLES: Final[dict[str, str | Promise]] = {
    Trouble.VAT_EU_INVALID: _("EU VAT number not active in VIES"),
    Trouble.NOT_ON_WHITE_LIST: _("not on the white list of VAT payers"),
}

SOURCES: Final[dict[str, str | Promise]] = {
    Source.DOCUMENT: _("a document"),
    Source.PERSON: _("put right by hand"),
    Source.MERGE: _("merged"),
    Source.SPLIT: _("taken apart"),
}

SOURCE_ICONS: Final[dict[str, str]] = {
    Source.DOCUMENT: "file-invoice",
    Source.PERSON: "pencil",
    Source.MERGE: "arrow-merge",
    Source.SPLIT: "arrow-back-up",
}

COLUMNS: Final[dict[str, str | Promise]] = {
    "name": _("Name"),
    "nip": _("NIP"),
    "vat_eu": _("EU VAT number"),
    "allegro_buyer_id": _("Allegro buyer id"),
    "allegro_login": _("Allegro login"),
    "street": _("Street and number"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
    "merged": _("Merged contractor"),
}

REGISTRIES: Final[dict[str, str | Promise]] = {
    Registry.VIES: "VIES",
    Registry.WHITE_LIST: _("White list"),
}

_ANSWERS: Final[dict[str, tuple[str, str, str | Promise]]] = {
    Answer.VALID: ("green", "circle-check", pgettext_lazy("registry", "active")),
    Answer.ACTIVE: ("green", "circle-check", pgettext_lazy("registry", "active VAT payer")),
    Answer.EXEMPT: ("blue", "info-circle", pgettext_lazy("registry", "exempt from VAT")),
    Answer.INVALID: ("red", "circle-x", pgettext_lazy("registry", "not active")),
    Answer.ABSENT: ("red", "circle-x", pgettext_lazy("registry", "not on the list")),
    Answer.UNKNOWN: ("grey", "clock-pause", pgettext_lazy("registry", "no answer, nothing is known")),
}


def answer_of(check: RegistryCheck) -> dict[str, str]:
    """Color, icon and word of an answer."""
    color, icon, word = _ANSWERS[check.answer]
    return {"color": color, "icon": icon, "word": str(word)}


def trouble_of(row: Contractor) -> str:
    """What stands against a contractor, in words; empty when nothing does."""
    return str(TROUBLES[row.problem]) if row.problem in TROUBLES else ""


def kind_of(row: Contractor) -> str:
    """Company or consumer."""
    return kind_name(is_company=row.is_company)


def kind_name(*, is_company: bool) -> str:
    """Company or consumer."""
    return gettext("company") if is_company else gettext("consumer")
