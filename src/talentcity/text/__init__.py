"""Text as people write it: normalised with offsets to the original, and facts read from it with their spans."""
