"""The staff screens alone, wherever the project puts them."""

from __future__ import annotations

from django.urls import path

from indicators.admin.site import site


urlpatterns = [path("admin/", site.urls)]
