"""Addresses of the area."""

from django.urls import path

from stragan.web.checks import statement_views, views

app_name = "checks"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("start/", views.start, name="start"),
    path("days/", statement_views.listing, name="statements"),
    path("days/make/", statement_views.make, name="statement_make"),
    path("days/<int:statement_id>.<str:file_format>", statement_views.file, name="statement_file"),
    path("<int:run_id>/", views.one, name="run"),
    path("<int:run_id>/progress/", views.progress, name="progress"),
    path("<int:run_id>/fetch/", views.fetch, name="fetch"),
    path("<int:run_id>/export/", views.export, name="export"),
]
