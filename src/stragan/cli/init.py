"""``stragan init``: make the company and its owner."""

import argparse
import re
import sys
from typing import Final

from stragan.cli.main import set_up_django
from stragan.cli.output import write_line, write_refusal, write_warning
from stragan.core.errors import Refused, StraganError
from stragan.kit.data_folder import FolderUnusable

_ADDRESS: Final = re.compile(r"\s*(?P<street>.+?)\s*,\s*(?P<postal_code>\d{2}-\d{3})\s+(?P<city>[^,]+?)\s*")


class AddressUnreadable(Refused):
    """The text is not of the form "street, 00-000 city"."""

    code = "address_unreadable"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``init`` takes."""
    parser.add_argument("--nip", required=True, help="ten digits")
    parser.add_argument("--name", required=True, help="the company's full name")
    parser.add_argument("--email", required=True, help="log-in of the owner")
    parser.add_argument(
        "--password-stdin", action="store_true", required=True, help="read the password from stdin"
    )
    parser.add_argument("--address", default="", help='"street, 00-000 city"')
    parser.add_argument("--vat-payer", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--warehouse", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--books", choices=["kpir", "ryczalt", "none"], default="none")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make them; the same NIP and owner again give the first result."""
    set_up_django()
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- Django is set up just above

    try:
        row = _make(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 1
    except FolderUnusable as error:
        write_refusal("folder_unusable", str(error), as_json=options.json)
        return 1
    write_line(row, as_json=options.json)
    return 0


def _make(options: argparse.Namespace) -> dict[str, object]:
    from stragan.cli.preparation import prepare_database  # noqa: PLC0415 -- needs Django, as the rest
    from stragan.companies import actions  # noqa: PLC0415
    from stragan.companies.queries import has_address  # noqa: PLC0415
    from stragan.kit.clock import business_now, real_now  # noqa: PLC0415
    from stragan.kit.messages import text_of  # noqa: PLC0415

    password = sys.stdin.readline().rstrip("\r\n")
    data = actions.CompanyData(
        nip=options.nip,
        name=options.name,
        vat_payer=options.vat_payer,
        warehouse=options.warehouse,
        books=options.books,
        **_parsed_address(options.address),
    )
    prepare_database(now=real_now())
    weakness = actions.weakness_of(password, email=options.email)
    if password and weakness:
        sys.stderr.write(f"{weakness}\n")  # whoever may run this command may also decide this
    membership = actions.create_company_with_owner(
        data=data,
        email=options.email,
        password=password,
        is_weak_password_allowed=True,
        now=business_now(),
    )
    company = membership.company
    if not has_address(company):
        write_warning("company_address_missing", text_of("company_address_missing"))
    return {"company": company.nip, "user": membership.user.email}


def _parsed_address(text: str) -> dict[str, str]:
    if not text.strip():
        return {"street": "", "postal_code": "", "city": ""}
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise AddressUnreadable(address=text)
    return match.groupdict()
