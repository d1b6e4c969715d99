"""Pages shown when a request fails: what happened, why, and what to do."""

import logging
import secrets
import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from stragan.kit.database_trouble import trouble_of
from stragan.kit.messages import text_of

logger = logging.getLogger(__name__)


def _page(request: HttpRequest, *, code: int, title: str, why: str, reference: str = "") -> HttpResponse:
    """Render one error page; htmx gets the sentence alone, since it swaps it into a page."""
    context = {"code": code, "title": title, "why": why, "reference": reference}
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "shell/parts/error_fragment.html" if is_fragment else "shell/error.html"
    return HttpResponse(render_to_string(template, context), status=code)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request that makes no sense."""
    return _page(
        request,
        code=400,
        title=_("This address cannot be understood"),
        why=_("Part of it is missing or malformed. Go back and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer somebody who may not do this."""
    return _page(
        request,
        code=403,
        title=_("Your role does not allow this"),
        why=_("Ask the owner of the company to do it or to change your role."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request for what does not exist, or belongs to somebody else."""
    return _page(
        request,
        code=404,
        title=_("There is no such page"),
        why=_("It may have been removed, or it belongs to another company."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that met a bug, with a reference to the log line, or a database that cannot go on."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is not None:
        logger.error("web.page.database", extra={"code": trouble.code, "path": request.path})
        return _page(request, code=503, title=_("This cannot be done now"), why=text_of(trouble.code))
    reference = secrets.token_hex(4)
    logger.error("web.page.failed", extra={"reference": reference, "path": request.path})
    return _page(
        request,
        code=500,
        title=_("Something broke on our side"),
        why=_(
            "Nothing was lost: what was not finished did not happen. Try once more; "
            "if it repeats, pass on the reference."
        ),
        reference=reference,
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a form that was sent without our token."""
    return _page(
        request,
        code=403,
        title=_("The form has expired"),
        why=_(
            "You may have logged in or out in another tab. Go back, reload the page and send it once more."
        ),
    )
