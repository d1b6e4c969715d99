"""Addresses of the area."""

from django.urls import path

from stragan.web.changes import views

app_name = "changes"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:order_id>/settle/", views.settle, name="settle"),
]
