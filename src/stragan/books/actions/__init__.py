"""What is done to the books."""
