"""Template tags that only show."""
