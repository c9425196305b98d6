"""Every TAXII resource on one screen.

A trailing slash is optional everywhere and served directly: a redirect would lose a POST's body and
a client's credentials.
"""

from __future__ import annotations

from django.urls import re_path

from indicators.taxii.api_root import APIRoot
from indicators.taxii.collections import Collections, OneCollection
from indicators.taxii.discovery import Discovery
from indicators.taxii.manifest import Manifest
from indicators.taxii.object import OneObject
from indicators.taxii.objects import Objects
from indicators.taxii.status import SubmissionStatus
from indicators.taxii.versions import ObjectVersions
from indicators.taxii.views import unknown


_COLLECTION = r"^forum/collections/(?P<collection>[^/]+)"
# Printable ASCII: what else comes (a NUL, say) is no id of anything.
_OBJECT = rf"{_COLLECTION}/objects/(?P<stix_id>[!-.0-~]{{1,300}})"

urlpatterns = [
    re_path(r"^taxii2/?$", Discovery.as_view()),
    re_path(r"^forum/?$", APIRoot.as_view()),
    re_path(r"^forum/status/(?P<submission>[^/]+)/?$", SubmissionStatus.as_view()),
    re_path(r"^forum/collections/?$", Collections.as_view()),
    re_path(rf"{_COLLECTION}/?$", OneCollection.as_view()),
    re_path(rf"{_COLLECTION}/objects/?$", Objects.as_view()),
    re_path(rf"{_OBJECT}/?$", OneObject.as_view()),
    re_path(rf"{_OBJECT}/versions/?$", ObjectVersions.as_view()),
    re_path(rf"{_COLLECTION}/manifest/?$", Manifest.as_view()),
    re_path(r"^(?:taxii2|forum)/", unknown),
]
