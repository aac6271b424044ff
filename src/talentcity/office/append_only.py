"""Rows that are written once: facts are appended, and what was wrong is superseded by a later row."""

from django.db import models


class LedgerIsAppendOnly(TypeError):
    """Somebody tried to change or remove a row that is written once; a later row supersedes it."""

    def __init__(self):
        super().__init__("These rows are append-only: what was wrong is superseded by a new row, never changed.")


class AppendOnly(models.QuerySet):
    """Rows that can be added and read, and nothing else."""

    def update(self, **_values):
        """Refused."""
        raise LedgerIsAppendOnly

    def bulk_update(self, *_args, **_options):
        """Refused."""
        raise LedgerIsAppendOnly

    def delete(self):
        """Refused."""
        raise LedgerIsAppendOnly


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args, **options):
        """Write a new row; refuse to write an existing one again."""
        if not self._state.adding:
            raise LedgerIsAppendOnly
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *_args, **_options):
        """Refused."""
        raise LedgerIsAppendOnly
