"""Addresses of the area."""

from django.urls import path

from stragan.web.outbox import parcel_views, send_views, views

app_name = "outbox"
urlpatterns = [
    path("document/<uuid:public_id>/", send_views.document, name="send_document"),
    path("order/<int:order_id>/parcel/", parcel_views.add, name="add_parcel"),
    path("order/<int:order_id>/status/", send_views.status, name="send_status"),
    path("parcels/import/", parcel_views.import_file, name="import_parcels"),
    path("<str:kind>/", views.queue, name="queue"),
    path("<str:kind>/retry/", views.retry, name="retry"),
    path("<str:kind>/give-up/", views.give_up, name="give_up"),
]
