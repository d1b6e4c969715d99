"""Pages of the frame itself: what pages poll, and the search for everything."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stragan.web.shell import context, frame, searching
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@member_page()
def freshness(request: CompanyRequest) -> HttpResponse:
    """Return how fresh each shop is and how many matters need attention."""
    context = {"shops": frame.shops(request.company), "counts": frame.counts(request.company)}
    return render(request, "shell/parts/freshness.html", context)


@require_GET
@member_page()
def search(request: CompanyRequest) -> HttpResponse:
    """Find pages, orders, documents, contractors and products; for htmx only what was found."""
    text = request.GET.get("q", "")[:200]
    found = {
        "text": text,
        "groups": searching.find(request.company, text, menu=context.pages(request)),
        "is_short": searching.is_short(text),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "shell/parts/found.html" if is_fragment else "shell/search.html", found)
