"""What was seen, and what it is worth."""
