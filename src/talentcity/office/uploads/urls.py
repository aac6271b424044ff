"""Addresses of imports."""

from django.urls import path

from . import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.hand_in_file, name="import-new"),
    path("imports/<int:pk>/", views.report, name="import"),
    path("imports/<int:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<int:pk>/mapping/", views.map_again, name="import-mapping"),
    path("imports/<int:pk>/refused.xlsx", views.refused_rows, name="import-refused"),
    path("imports/<int:pk>/erase/", views.erase_rows, name="import-erase"),
]
