"""Addresses of START and of what needs attention."""

from django.urls import URLPattern, URLResolver, include, path

from stragan.web.start import attention_views, health, views

_ATTENTION: list[URLPattern] = [
    path("", attention_views.attention, name="list"),
    path("jobs/<int:job_id>/retry/", attention_views.retry, name="retry"),
    path("jobs/<int:job_id>/dismiss/", attention_views.dismiss, name="dismiss"),
    path("forms/<int:form_id>/", attention_views.raw_form, name="raw"),
    path("forms/<int:form_id>/fetch/", attention_views.fetch_again, name="fetch_again"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("attention/", include((_ATTENTION, "attention"))),
]
