"""Signing in and out, for staff and for people of the members alike."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path


urlpatterns = [
    path("sign-in/", LoginView.as_view(template_name="ui/sign_in.html"), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]
