"""What the app `uploads` does."""
