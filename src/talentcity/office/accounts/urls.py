"""Addresses of signing in and out."""

from django.urls import path

from . import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("password/<uidb64>/<token>/", views.SetPassword.as_view(), name="set-password"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.new_account, name="account-new"),
    path("accounts/<int:pk>/link/", views.account_link, name="account-link"),
    path("accounts/<int:pk>/close/", views.account_close, name="account-close"),
    path("accounts/<int:pk>/open/", views.account_open, name="account-open"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
]
