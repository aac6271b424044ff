"""What the app `records` does."""
