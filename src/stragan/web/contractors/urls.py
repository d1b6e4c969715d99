"""Addresses of contractors."""

from django.urls import URLPattern, path

from stragan.web.contractors import detail_views, list_views, merge_views

app_name = "contractors"
urlpatterns: list[URLPattern] = [
    path("", list_views.contractor_list, name="list"),
    path("export/<str:file_format>/", list_views.export, name="export"),
    path("new/", detail_views.add, name="new"),
    path("<int:contractor_id>/", detail_views.detail, name="detail"),
    path("<int:contractor_id>/edit/", detail_views.edit, name="edit"),
    path("<int:contractor_id>/release/", detail_views.release, name="release"),
    path("<int:contractor_id>/check/", detail_views.check, name="check"),
    path("<int:contractor_id>/merge/", merge_views.choose, name="merge"),
    path("<int:contractor_id>/merge/<int:other_id>/", merge_views.preview, name="merge_preview"),
    path("<int:contractor_id>/split/", merge_views.split, name="split"),
]
