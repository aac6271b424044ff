"""Addresses of the overview, of plan runs and their shortages, and of answers."""

from django.urls import path

from . import views

urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("overview/plans/", views.plan_again, name="plan-again"),
    path("overview/plans/<int:pk>/", views.plan_run, name="plan-run"),
    path("overview/plans/<int:pk>/shortages/<int:number>/", views.shortage, name="plan-shortage"),
    path("recommendations/<int:pk>/answer/", views.answer, name="answer"),
]
