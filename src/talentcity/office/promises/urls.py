"""Addresses of the promise and of people's records."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("me/", views.me, name="me"),
    path("me/seen/", views.seen, name="seen"),
    path("people/", views.people, name="people"),
    path("people/<id:seeker_id>/deliver/", views.deliver, name="deliver"),
    path("people/<id:seeker_id>/", views.person, name="person"),
    path("deliveries/<int:pk>/correct/", views.correct, name="correct"),
]
