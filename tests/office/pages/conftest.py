"""Pages are read in English unless a test says otherwise."""

import pytest
from django.utils import translation


@pytest.fixture
def english(client):
    """A visitor who reads English; what the test does without a request is in English too."""
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield client
