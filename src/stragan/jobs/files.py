"""Jobs that make files; apart from the others, since they load the typesetter."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from stragan.flows import document_files
from stragan.jobs.registry import id_of


def render_pdf(arguments: Mapping[str, object], now: datetime) -> None:
    """Make the PDF of a document unless it is there."""
    render_pdfs([arguments], now)


def render_pdfs(arguments: Sequence[Mapping[str, object]], now: datetime) -> None:
    """Make the PDFs of several documents unless they are there."""
    document_files.render_pdfs(document_ids=[id_of(one, "document_id") for one in arguments], now=now)
