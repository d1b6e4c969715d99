"""Fragments of the frame that pages poll."""

from django.http import HttpResponse
from django.shortcuts import render

from stragan.web.shell import frame
from stragan.web.shell.access import member_page
from stragan.web.shell.middleware import CompanyRequest


@member_page()
def freshness(request: CompanyRequest) -> HttpResponse:
    """Return how fresh each shop is and how many matters need attention."""
    context = {"shops": frame.shops(request.company), "counts": frame.counts(request.company)}
    return render(request, "shell/parts/freshness.html", context)
