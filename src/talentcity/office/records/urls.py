"""Addresses of adverts and vacancies."""

from django.urls import path

from . import views

urlpatterns = [
    path("postings/", views.postings, name="postings"),
    path("vacancies/<id:vacancy_id>/", views.vacancy, name="vacancy"),
]
