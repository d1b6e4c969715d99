"""Registers the area with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Pages: documents."""

    name = "stragan.web.documents"
    label = "web_documents"
