"""Plan runs, recommendations and the answers to them."""
