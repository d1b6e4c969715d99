"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.documents import detail_views, draft_views, list_views, run_views

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("", list_views.document_list, name="list"),
    path("draft/<int:order_id>/<slug:kind>/", draft_views.draft, name="draft"),
    path("draft/<int:order_id>/<slug:kind>/issue/", draft_views.issue, name="issue"),
    path("draft/<int:order_id>/<slug:kind>/discard/", draft_views.discard, name="discard"),
    path("draft/<int:order_id>/<slug:kind>/pdf/", draft_views.preview_pdf, name="draft_pdf"),
    path("issue/<uuid:public_id>/", run_views.run, name="preview"),
    path("issue/<uuid:public_id>/recheck/", run_views.recheck, name="run_recheck"),
    path("issue/<uuid:public_id>/rate/", run_views.set_rate, name="run_rate"),
    path("issue/<uuid:public_id>/start/", run_views.start, name="run_start"),
    path("issue/<uuid:public_id>/progress/", run_views.progress, name="run_progress"),
    path("issue/<uuid:public_id>/stop/", run_views.stop, name="run_stop"),
    path("issue/<uuid:public_id>/retry/", run_views.retry, name="run_retry"),
    path("<uuid:public_id>/", detail_views.detail, name="detail"),
    path("<uuid:public_id>/pdf/", detail_views.pdf, name="pdf"),
    path("<uuid:public_id>/json/", detail_views.as_json, name="json"),
]
