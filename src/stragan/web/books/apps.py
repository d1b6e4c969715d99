"""Registers the area with Django."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    """Pages: registers."""

    name = "stragan.web.books"
    label = "web_books"
