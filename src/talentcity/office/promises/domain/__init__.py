"""What the app `promises` does."""
