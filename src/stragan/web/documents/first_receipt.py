"""Whether what a receipt is has still to be asked."""

from uuid import UUID

from django.urls import reverse

from stragan.core.snapshot import DocumentKind
from stragan.web.shell.middleware import CompanyRequest


def question(request: CompanyRequest, kind: str, *, order: int | None = None, run: UUID | None = None) -> str:
    """Give the address of the question where a receipt is wanted and nobody has answered it, else nothing."""
    if kind != DocumentKind.RECEIPT or request.company.receipts:
        return ""
    return f"{reverse('documents:receipts')}?{f'order={order}' if order else f'run={run}'}"
