"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.orders import detail_views, fetch_views, list_views, selection_views

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", list_views.order_list, name="list"),
    path("columns/", list_views.save_columns, name="columns"),
    path("delivery-methods/", list_views.delivery_methods, name="delivery_methods"),
    path("issue/", selection_views.issue, name="issue"),
    path("status/", selection_views.set_status, name="status"),
    path("status/undo/<str:token>/", selection_views.undo_status, name="undo_status"),
    path("fetch/", fetch_views.fetch, name="fetch"),
    path("fetch/progress/", fetch_views.progress, name="progress"),
    path("<int:order_id>/", detail_views.detail, name="detail"),
]
