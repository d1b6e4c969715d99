"""Addresses of START and of what needs attention."""

from django.urls import URLPattern, path

from stragan.web.start import health

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
]
