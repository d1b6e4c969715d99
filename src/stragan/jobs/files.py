"""Jobs that make files; apart from the others, since they load the typesetter."""

from collections.abc import Mapping
from datetime import datetime

from stragan.flows import document_files
from stragan.jobs.registry import id_of


def render_pdf(arguments: Mapping[str, object], now: datetime) -> None:
    """Make the PDF of a document unless it is there."""
    document_files.render_pdf(document_id=id_of(arguments, "document_id"), now=now)
