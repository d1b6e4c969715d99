"""What Allegro answered, as it came: one row per answer that changed something here."""
