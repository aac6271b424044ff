"""Ids of records in addresses: whatever the tables allow as an id has an address."""

from django.urls import register_converter

NUL = "\0"


class RecordId:
    """An id of a city's own making, such as `2026/007`; slashes and spaces may stand in it."""

    regex = r"[\s\S]+"

    def to_python(self, value):
        """The id; one with a NUL character is nobody's, and PostgreSQL refuses to look for it."""
        if NUL in value:
            raise ValueError(value)
        return value

    def to_url(self, value):
        """As it is: Django quotes what an address may not hold."""
        return value


register_converter(RecordId, "id")
