"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.documents import (
    bulk_views,
    detail_views,
    draft_views,
    hand_views,
    link_views,
    list_views,
    making_views,
    run_views,
    undo_views,
)

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("", list_views.document_list, name="list"),
    path("totals/", list_views.totals, name="totals"),
    path("freeze/", bulk_views.freeze, name="freeze"),
    path("print/", bulk_views.print_many, name="print"),
    path("export/", bulk_views.export, name="export"),
    path("new/", hand_views.new, name="new"),
    path("drafts/<uuid:public_id>/", hand_views.hand, name="hand"),
    path("drafts/<uuid:public_id>/issue/", hand_views.issue_hand, name="issue_hand"),
    path("drafts/<uuid:public_id>/discard/", hand_views.discard_hand, name="discard_hand"),
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
    path("receipts/", making_views.receipts, name="receipts"),
    path("<uuid:public_id>/convert/<slug:kind>/", making_views.convert, name="convert"),
    path("<uuid:public_id>/", detail_views.detail, name="detail"),
    path("<uuid:public_id>/pdf/", detail_views.pdf, name="pdf"),
    path("<uuid:public_id>/void/", undo_views.void, name="void"),
    path("<uuid:public_id>/correct/", undo_views.correct, name="correct"),
    path("<uuid:public_id>/link/", link_views.link_order, name="link_order"),
    path("<uuid:public_id>/unlink/<int:link_id>/", link_views.unlink, name="unlink"),
    path("link/<int:order_id>/", link_views.link, name="link"),
    path("<uuid:public_id>/json/", detail_views.as_json, name="json"),
]
