"""Pages are read in English unless a test says otherwise."""

import pytest


@pytest.fixture
def english(client):
    """A visitor who reads English."""
    client.cookies["django_language"] = "en"
    return client
