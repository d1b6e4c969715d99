"""Allegro orders, sales documents, stock and books in one self-hosted application."""

__version__ = "0.1.0"
