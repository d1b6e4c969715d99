"""Which company a command works for."""

import argparse
from typing import TYPE_CHECKING

from stragan.core.errors import Refused

if TYPE_CHECKING:
    from stragan.companies.models import Company


class CompanyMissing(Refused):
    """The installation has no company yet."""

    code = "company_missing"


class CompanyUnknown(Refused):
    """No company has that NIP."""

    code = "company_unknown"


class CompanyNotChosen(Refused):
    """There are several companies and none was named."""

    code = "company_not_chosen"


def add_company_option(parser: argparse.ArgumentParser) -> None:
    """Let the user name the company."""
    parser.add_argument("--company", metavar="NIP", default="", help="which company, when there are several")


def chosen_company(options: argparse.Namespace) -> "Company":
    """Give the company named by its NIP, or the only one there is. Needs Django.

    A database that is new, or older than this program, is made to fit first: no command needs another.

    :raises CompanyMissing: there is none at all.
    :raises CompanyUnknown: no company has that NIP.
    :raises CompanyNotChosen: there are several and none was named.
    """
    from stragan.cli.preparation import is_migrated, prepare_database  # noqa: PLC0415 -- needs Django
    from stragan.companies.models import Company  # noqa: PLC0415 -- Django is set up by the command
    from stragan.core.nip import normalize_nip  # noqa: PLC0415 -- same
    from stragan.kit.clock import real_now  # noqa: PLC0415 -- same

    if not is_migrated():
        prepare_database(now=real_now())
    if options.company:
        named = Company.objects.filter(nip=normalize_nip(options.company)).first()
        if named is None:
            raise CompanyUnknown(nip=options.company)
        return named
    companies = list(Company.objects.order_by("id")[:2])
    if not companies:
        raise CompanyMissing
    if len(companies) > 1:
        raise CompanyNotChosen
    return companies[0]
