"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.warehouse import card_views, entry_views, note_views, stock_views

app_name = "warehouse"
urlpatterns: list[URLPattern] = [
    path("", stock_views.stock, name="stock"),
    path("export/<slug:file_format>/", stock_views.export, name="export"),
    path("products/<uuid:public_id>/", card_views.card, name="card"),
    path("notes/", note_views.notes, name="notes"),
    path("notes/new/<slug:kind>/", entry_views.note_new, name="note_new"),
    path("notes/<uuid:public_id>/", note_views.note, name="note"),
    path("notes/<uuid:public_id>/reverse/", note_views.reverse_note, name="note_reverse"),
]
