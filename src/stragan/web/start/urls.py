"""Addresses of START and of what needs attention."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
