"""The addresses of the office; each app knows its own."""

from django.urls import include, path

from talentcity.office import converters  # noqa: F401  the addresses of the apps name records by `<id:...>`

urlpatterns = [
    path("", include("talentcity.office.accounts.urls")),
    path("", include("talentcity.office.records.urls")),
    path("", include("talentcity.office.promises.urls")),
    path("", include("talentcity.office.planning.urls")),
    path("", include("talentcity.office.uploads.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler403 = "talentcity.office.accounts.views.not_allowed"
handler404 = "talentcity.office.accounts.views.not_found"
handler500 = "talentcity.office.accounts.views.broken"
