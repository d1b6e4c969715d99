"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.products import detail_views, import_views, list_views, offer_views

app_name = "products"
urlpatterns: list[URLPattern] = [
    path("", list_views.product_list, name="list"),
    path("selected/", list_views.selected, name="selected"),
    path("export/", list_views.export, name="export"),
    path("new/", detail_views.new, name="new"),
    path("import/", import_views.import_file, name="import"),
    path("import/<slug:token>/", import_views.confirm, name="import_confirm"),
    path("offers/", offer_views.unmatched, name="unmatched"),
    path("offers/selected/", offer_views.selected_offers, name="selected_offers"),
    path("offers/choose/", offer_views.choose, name="choose"),
    path("offers/link/", offer_views.link, name="link"),
    path("offers/make/", offer_views.make, name="make"),
    path("offers/unlink/", offer_views.unlink, name="unlink"),
    path("offers/undo/<slug:token>/", offer_views.undo_link, name="undo"),
    path("<uuid:public_id>/", detail_views.detail, name="detail"),
    path("<uuid:public_id>/edit/", detail_views.edit, name="edit"),
    path("<uuid:public_id>/archive/", detail_views.archive, name="archive"),
]
