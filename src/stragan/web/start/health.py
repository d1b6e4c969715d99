"""Says that the web server answers; asked by the launcher, load balancers and containers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- every view takes one
    """Answer without touching the database: a locked one must not get the process restarted."""
    return HttpResponse("ok\n", content_type="text/plain")
