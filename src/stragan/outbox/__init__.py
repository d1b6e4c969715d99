"""What is sent back to Allegro: which writers a shop has switched on, and each thing that is on its way."""
