"""Measures what ``docs/performance.md`` promises, on both databases: ``python -m bench``."""
