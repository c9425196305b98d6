"""A lab on its way in: what it and the people of the staff do, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from indicators.domain.disclosure import current_policy
from indicators.members import registry
from indicators.members.authenticate import Principal
from indicators.members.credentials import EVERYDAY_SCOPES
from indicators.members.people import add_person
from indicators.models.collection import Collection
from indicators.models.member import Credential, Member, PollMark
from indicators.models.onboarding import Onboarding
from indicators.pipeline import canary
from indicators.pipeline.membership import onboarding
from indicators.pipeline.membership.onboarding import CONTACTS, Rights
from tests.forum import NEXUS, Forum, indicator, now
from tests.pipeline.governing import PATTERN, clerk
from tests.pipeline.saying import sighting


PURPOSE = "adversarial-distillation-defence"
ADDRESSES = {role: f"{role}@dogwood.example" for role in CONTACTS}


@dataclass
class Newcomer:
    """dogwood, which has just been entered."""

    forum: Forum
    row: Onboarding

    @classmethod
    def of(cls, forum: Forum) -> Newcomer:
        exercise = forum.add_collection("exercise", exercise=True, accepts_reserved=True)
        forum.add_collection("exercise-tokens", kind="tokens", exercise=True, parent=exercise)
        canary.ensure(policy=current_policy(), now=now())
        member = Member(slug="dogwood", name="Dogwood")
        row = onboarding.begin(clerk("ash"), member, purpose=PURPOSE, threat_nexus=NEXUS)
        forum.principals["dogwood"] = Principal(member.id, "dogwood", "id", EVERYDAY_SCOPES)
        return cls(forum, row)

    @property
    def member(self) -> Member:
        return Member.objects.get(pk=self.row.member_id)

    def unmet(self) -> list[str]:
        lines = onboarding.checklist(Onboarding.objects.get(pk=self.row.pk), now=now())
        return [each.title for each in lines if not each.met]

    def sign(self) -> None:
        onboarding.sign(clerk("ash"), self.row.pk, version="2026-1")

    def reach(self) -> None:
        onboarding.reach(clerk("ash"), self.row.pk, contacts=ADDRESSES)

    def agree(self, lane: str = "immediate") -> None:
        into = [self.forum.collections["distillation"]]
        onboarding.agree(clerk("ash"), self.row.pk, Rights(lane, into, into))

    def equip(self) -> None:
        add_person(clerk(), login="sorrel", password="of the tests alone", member=self.member)
        registry.issue(clerk(), self.member, label="siem", scopes=EVERYDAY_SCOPES, days=30)

    def push(self) -> None:
        self.forum.push("dogwood", indicator(PATTERN), into="exercise")

    def pull(self) -> None:
        """What a poll leaves behind a minute later."""
        PollMark.objects.create(
            credential=Credential.objects.get(member=self.member),
            collection=self.forum.collections["exercise"],
            last_position=1,
            last_minute=now().replace(second=0, microsecond=0),
        )

    def match(self) -> None:
        [said] = self.forum.feed("exercise-tokens")
        self.forum.push("dogwood", sighting(said["id"]), into="exercise")

    def do_all(self) -> None:
        for step in (self.sign, self.reach, self.agree, self.equip, self.push, self.pull,
                     self.match):  # fmt: skip
            step()

    def place(self, alias: str) -> Collection:
        return self.forum.collections[alias]
