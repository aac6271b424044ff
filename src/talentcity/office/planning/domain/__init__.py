"""What the app `planning` does."""
