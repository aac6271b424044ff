"""Addresses of adverts and vacancies."""

from django.urls import path

from . import parameters, views

urlpatterns = [
    path("postings/", views.postings, name="postings"),
    path("postings/<id:posting_id>/decide/", views.decide_posting, name="decide"),
    path("postings/<id:posting_id>/", views.posting, name="posting"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("vacancies/<id:vacancy_id>/", views.vacancy, name="vacancy"),
]
