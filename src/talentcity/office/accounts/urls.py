"""Addresses of signing in and out."""

from django.urls import path

from . import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
]
