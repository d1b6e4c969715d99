"""Sentences about numbers, dates and tax that any room may refuse with."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, Promise]] = {
    "error": _("This cannot be done."),
    "invalid_nip": _("This is not a NIP: it has ten digits, and the last one checks the others."),
    "invalid_iban": _("This is not a bank account number: check its digits."),
    "invalid_vat_eu": _("This is not an EU VAT number: check the country prefix and the digits."),
    "unknown_vat_code": _("There is no VAT code “%(text)s”. Use 23, 8, 5, 0 or zw."),
    "vat_code_not_in_force": _("The VAT rate %(vat_code)s was not in force on that day."),
    "discount_too_large": _("The discount is larger than the value it is taken from."),
    "invalid_number_pattern": _("The pattern of numbers cannot be used: %(reason)s."),
    "pattern_empty": _("Enter a pattern."),
    "pattern_too_long": _("The pattern is longer than 40 characters. Shorten it."),
    "pattern_unknown_field": _("Only {nr}, {month} and {year} can stand in braces."),
    "pattern_repeated_field": _("A field stands twice in the pattern. Leave it once."),
    "pattern_no_number": _("{nr} is missing: without it all numbers would be the same."),
    "pattern_month_without_year": _("With {month} there must be {year}: numbers would come again each year."),
    "pattern_bad_characters": _("There is a stray brace, a double space or an invisible sign in it."),
    "transition_not_allowed": _("This changed meanwhile. Reload the page and look again."),
    "not_json": _("The line is not JSON."),
    "field_missing": _("The field “%(field)s” is missing."),
    "field_not_readable": _("The field “%(field)s” cannot be read."),
    "number_not_exact": _("The number in “%(field)s” has more decimals than money has, or is not exact."),
    "number_negative": _("The number in “%(field)s” is negative."),
    "number_out_of_range": _("The number in “%(field)s” is out of range."),
    "case_not_supported": _("This kind of computation is not supported."),
    "case_contradictory": _("The data contradict each other."),
    "amount_without_words": _("The amount %(amount)s cannot be written in words."),
}
