"""No way leads from what is published to who sent it, neither by key nor by Django's shortcuts."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from indicators.models.publication import Publication


PRIVATE = (
    "appeal", "audit", "barred", "bulletin", "campaign_name", "family_proposal", "feedback",
    "government_request", "incident", "key_order", "legal_demand", "legal_hold", "lineage",
    "matching", "member", "offboarding", "onboarding", "pause", "policy_approval", "proposal",
    "quarterly_report", "question", "recall", "rescreen", "reveal", "shift_note", "subject_request",
    "submission", "watch",
)  # fmt: skip
SHARED = ("campaign", "collection", "family", "key_list", "listing", "publication")
NAMES_A_LAB = {
    "Contribution",
    "Credential",
    "Feedback",
    "Grant",
    "HeldObject",
    "Member",
    "Submission",
}


def leaf(model: type[Model]) -> str:
    return model.__module__.rpartition(".")[2]


OURS = sorted(apps.get_app_config("indicators").get_models(), key=lambda model: model.__name__)


def reachable(model: type[Model], seen: set[type[Model]]) -> set[type[Model]]:
    """Every model that can be reached from an instance by attribute, step by step."""
    if model not in seen:
        seen.add(model)
        for field in model._meta.get_fields():
            if isinstance(field.related_model, type):
                reachable(field.related_model, seen)
    return seen


def test_nothing_reached_from_a_publication_names_a_lab() -> None:
    found = {model.__name__ for model in reachable(Publication, set())}
    assert "Collection" in found, "the walk itself must work"
    assert found.isdisjoint(NAMES_A_LAB)


def test_the_walk_would_find_a_member_if_there_were_a_way() -> None:
    submission = apps.get_model("indicators", "Submission")
    assert "Member" in {model.__name__ for model in reachable(submission, set())}


def test_every_model_belongs_to_a_bank() -> None:
    assert {leaf(model) for model in OURS} <= {*PRIVATE, *SHARED}


PRIVATE_KEYS = [
    field
    for model in OURS
    if leaf(model) in PRIVATE
    for field in model._meta.get_fields()
    if isinstance(field, ForeignKey)
]


def test_a_key_of_the_private_bank_leaves_no_way_back() -> None:
    open_ = [str(key) for key in PRIVATE_KEYS if key.remote_field.related_name != "+"]
    assert not open_, "\n".join(open_)


@pytest.mark.django_db
def test_a_table_lies_in_the_schema_of_its_bank() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, n.nspname FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v')"
        )
        schemas = dict(cursor.fetchall())
    found = {model._meta.db_table: schemas[model._meta.db_table] for model in OURS}
    assert found == {model._meta.db_table: bank_of(model) for model in OURS}


def bank_of(model: type[Model]) -> str:
    """A proxy lies where the model lies that it stands for."""
    return "private" if leaf(model._meta.concrete_model or model) in PRIVATE else "shared"


@pytest.mark.django_db
def test_no_table_of_ours_is_in_neither_bank() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        left = {row[0] for row in cursor.fetchall()}
    people = ("auth_", "django_")
    assert {table for table in left if not table.startswith(people)} == set()
