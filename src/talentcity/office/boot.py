"""Start Django inside a command: the data folder, the secret key, the project, the tables of the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from talentcity.errors import InvalidOption, UnreadableFile


def home() -> Path:
    """The data folder: `TALENTCITY_HOME`, else `talentcity-data` here."""
    return Path(os.environ.get("TALENTCITY_HOME") or "talentcity-data").resolve()


def start() -> None:
    """Make the data folder and the secret key where they are missing, and set Django up.

    Raises:
        UnreadableFile: the folder cannot be made or written.
        InvalidOption: the environment holds a value that cannot be.
    """
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _keep_secret_key(folder / "secret-key")
    except OSError as error:
        raise UnreadableFile(f"{folder} cannot be written: {error.strerror or error}; set TALENTCITY_HOME.") from None
    os.environ["TALENTCITY_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentcity.office.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise InvalidOption(str(error)) from None


def migrate() -> None:
    """Bring the tables of the database up to date; says nothing.

    Raises:
        UnreadableFile: the database cannot be reached.
    """
    from django.core.management import call_command
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        first = str(error).splitlines()[0]
        raise UnreadableFile(f"The database cannot be reached or written: {first}.") from None


def require_promise() -> None:
    """Refuse to start on a promise that no page could show.

    Raises:
        NoRuleInForce, InvalidData, UnreadableFile: what is wrong with the file of the promise.
    """
    from talentcity.office.promises.promise import current
    from talentcity.office.today import today

    current(today())


def _keep_secret_key(path: Path) -> None:
    """Make the key once, readable by its owner alone; two processes that start together agree on one."""
    if path.exists():
        return
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(50) + "\n")
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
