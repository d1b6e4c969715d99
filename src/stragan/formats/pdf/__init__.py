"""Documents as PDF, from the frozen snapshot alone."""

from stragan.formats.pdf.compiler import render
from stragan.formats.pdf.glyphs import GlyphGap, glyph_gaps, substituted

__all__ = ["GlyphGap", "glyph_gaps", "render", "substituted"]
