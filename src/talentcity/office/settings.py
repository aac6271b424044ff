"""Settings of the Django project."""

SECRET_KEY = "replaced by the office"  # noqa: S105
INSTALLED_APPS: list[str] = []
USE_TZ = True
