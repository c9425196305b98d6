"""A rubric that is on the list of public templates, and what the feed says of matches on it."""

from __future__ import annotations

from indicators.domain.families import TOKEN
from indicators.models.family import Skeleton
from indicators.pipeline import families, public_templates
from labkit.keyentry import packed
from tests.forum import Forum, now
from tests.labkit.prompt_corpus import FAMILIES
from tests.pipeline.prompting import said


NAME = "rubric of an examination board"
RUBRIC = FAMILIES[5]


def listed() -> None:
    """The rubric is on the list, and has its tokens."""
    filled = public_templates.filled(" ".join((*RUBRIC, "{}")))
    public_templates.take_in({NAME: public_templates.of_prompts(filled)}, now=now())
    public_templates.tokenise(now=now())


def public(forum: Forum) -> frozenset[str]:
    return families.public_families(forum.collections["distillation"])


def notes(forum: Forum) -> dict[str, str]:
    """The label of the note over each object."""
    return {each["object_refs"][0]: each["labels"][0] for each in said(forum, "note")}


def template() -> list[str]:
    """The bands of what is listed."""
    tokens = bytes(Skeleton.objects.get(template__isnull=False).tokens)
    return [packed(tokens[at : at + TOKEN]) for at in range(0, len(tokens), TOKEN)]
