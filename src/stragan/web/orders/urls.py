"""Addresses of the area."""

from django.urls import URLPattern, path

from stragan.web.orders import (
    deletion_views,
    detail_views,
    export_views,
    fetch_views,
    list_views,
    selection_views,
    version_views,
    view_views,
)

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", list_views.order_list, name="list"),
    path("columns/", view_views.save_columns, name="columns"),
    path("views/", view_views.manage, name="views"),
    path("views/save/", view_views.save, name="view_save"),
    path("views/<int:view_id>/", view_views.change, name="view"),
    path("products/", list_views.products, name="products"),
    path("delivery-methods/", list_views.delivery_methods, name="delivery_methods"),
    path("issue/", selection_views.issue, name="issue"),
    path("status/", selection_views.set_status, name="status"),
    path("status/undo/<str:token>/", selection_views.undo_status, name="undo_status"),
    path("export/", export_views.export_orders, name="export"),
    path("select-all/", selection_views.freeze, name="freeze"),
    path("delete/", deletion_views.ask, name="delete"),
    path("delete/undo/<str:token>/", deletion_views.undo_delete, name="undo_delete"),
    path("restore/", deletion_views.restore, name="restore"),
    path("fetch/", fetch_views.fetch, name="fetch"),
    path("fetch/progress/", fetch_views.progress, name="progress"),
    path("<int:order_id>/versions/", version_views.order_versions, name="versions"),
    path("<int:order_id>/note/", detail_views.save_note, name="note"),
    path("<int:order_id>/", detail_views.detail, name="detail"),
]
