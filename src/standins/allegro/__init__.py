"""A small server that speaks like Allegro: for tests and the demo. Everything in it is made up."""
