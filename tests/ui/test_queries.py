"""What a page asks the database does not grow with what there is."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from indicators.admin.site import site
from tests.admin.desk import new_clerk
from tests.crowd import hub
from tests.crowd.hub import PEOPLE, Pages
from tests.crowd.size import Size
from tests.forum import Forum
from tests.labs import acting_as


pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(420)]

FEW, MANY = Size.even(30), Size.even(300)
MOST = 25
"""Queries of one page, with those for session, person and rights."""
FORESEEN = {"console:review-item": 45}
"""One item is taken down the whole river to show what it would become."""


def asked(pages: Pages) -> dict[tuple[str, str], int]:
    """How many queries each page takes, by who opens it and the name of the page."""
    found: dict[tuple[str, str], int] = {}
    answers = defaultdict(set)
    for who in PEOPLE:
        client = Client()
        client.force_login(hub.login(who))
        for path in pages.all():
            name = resolve(path).view_name
            reset_queries()  # the log of a connection ends at 9,000
            with acting_as("forum_web"), CaptureQueriesContext(connection) as queries:
                status = client.get(path).status_code
            answers[name].add(status)
            if status == HTTPStatus.OK:
                found[who, name] = len(queries)
    for name, statuses in answers.items():
        # What takes a form alone answers 405; every other page is somebody's.
        assert statuses & {HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED}, (name, statuses)
    return found


def test_no_page_asks_more_where_it_lists_more() -> None:
    forum = Forum.make()
    hub.people(new_clerk())
    few = asked(hub.fill(forum, FEW))
    many = asked(hub.fill(forum, MANY))
    assert {each: (few[each], n) for each, n in many.items() if n > few[each]} == {}
    over = {each: n for each, n in many.items() if n > FORESEEN.get(each[1], MOST)}
    assert over == {}
    for model in site._registry:
        assert model._default_manager.exists(), f"tests/crowd makes no {model.__name__}"
