"""Addresses of the area."""

from django.urls import path

from stragan.web.offers import link_views, list_views, stock_views

app_name = "offers"
urlpatterns = [
    path("", list_views.offer_list, name="list"),
    path("export/", list_views.export, name="export"),
    path("refresh/", list_views.refresh, name="refresh"),
    path("progress/", list_views.progress, name="progress"),
    path("stock/", stock_views.stock, name="stock"),
    path("stock/switch/", stock_views.switch, name="switch"),
    path("stock/retry/", stock_views.retry, name="retry"),
    path("<int:pk>/product/", link_views.product, name="product"),
    path("<int:pk>/unlink/", link_views.unlink, name="unlink"),
]
