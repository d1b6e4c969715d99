"""Addresses of fragments that belong to the frame itself."""

from django.urls import path

from stragan.web.shell import views

app_name = "shell"
urlpatterns = [
    path("shell/freshness/", views.freshness, name="freshness"),
    path("search/", views.search, name="search"),
]
