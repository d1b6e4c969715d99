"""The files of a statement of completeness: JSON as it was signed, and a PDF for people, in Polish."""

from django.utils import translation

from stragan.core.errors import Rejected
from stragan.orders import statements
from stragan.orders.models import Statement


class NotAStatement(Rejected):
    """The file is no statement of completeness."""

    code = "statement_unreadable"


def verified(data: bytes) -> statements.Verdict:
    """Check the file of a statement.

    :raises NotAStatement: see the class.
    """
    try:
        return statements.verify(data)
    except ValueError as wrong:
        raise NotAStatement from wrong


def file_name(statement: Statement, file_format: str) -> str:
    """Name a file after the shop's seller and the day."""
    return f"stragan-{statement.shop.seller_id}-{statement.day.isoformat()}.{file_format}"


def pdf_of(statement: Statement) -> bytes:
    """Print a statement; the typesetter is loaded when it is first needed, web pages seldom do."""
    from stragan.flows.statement_paper import printed  # noqa: PLC0415 -- see above
    from stragan.formats.pdf.statement import render_statement  # noqa: PLC0415 -- same

    with translation.override("pl"):
        paper = printed(statement)
    return render_statement(paper, made_at=statement.made_at)
