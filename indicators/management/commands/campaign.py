from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.management.desk import Desk, add_login
from indicators.models.campaign import Campaign, CampaignMember
from indicators.models.collection import Collection
from indicators.models.proposal import CampaignProposal
from indicators.pipeline import correlate
from indicators.pipeline.campaigns import naming, proposals
from indicators.pipeline.campaigns.evidence import family_of
from indicators.pipeline.campaigns.naming import NamingError
from indicators.pipeline.campaigns.objects import title
from indicators.pipeline.campaigns.proposals import ProposalError
from indicators.pipeline.campaigns.scribe import Scribe


class Command(BaseCommand):
    help = (
        "The Forum's campaigns: what correlation has found, what it puts before staff, and their "
        "decisions, which every later run keeps to. docs/campaigns.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="campaigns that stand")
        verbs.add_parser("proposals", help="what waits for a decision, with its evidence")
        running = verbs.add_parser("run", help="correlate now, and say what it came to")
        running.add_argument("collection", metavar="COLLECTION", help="its alias")
        for verb, text in {
            "together": "decide that the two sides of a proposal are one campaign",
            "apart": "decide that they are two, also of what was joined by itself",
        }.items():
            deciding = verbs.add_parser(verb, help=text)
            deciding.add_argument("proposal", metavar="ID", help="its id, or how the id begins")
            deciding.add_argument("--why", required=True, help="no names, no values")
            add_login(deciding)
        called = verbs.add_parser("name", help="give a campaign a name beside its number")
        called.add_argument("campaign", metavar="CAMPAIGN", help="FDA-2026-001, or its id")
        called.add_argument("name", metavar="NAME", help="in capitals, e.g. 'QUIET ABACUS'")
        add_login(called)
        attributed = verbs.add_parser("designate", help="attribute it to an operator, by number")
        attributed.add_argument("campaign", metavar="CAMPAIGN", help="FDA-2026-001, or its id")
        attributed.add_argument("--like", default="", help="the operator of this campaign")
        add_login(attributed)

    def handle(self, *_args: Any, **options: Any) -> None:
        steps = {
            "list": _listing,
            "proposals": _waiting,
            "run": _run,
            "together": _decide,
            "apart": _decide,
            "name": _name,
            "designate": _designate,
        }
        try:
            self.stdout.write(steps[options["verb"]](options))
        except (NamingError, ProposalError) as error:
            raise CommandError(str(error)) from error


def _listing(_options: dict[str, Any]) -> str:
    standing = Campaign.objects.filter(state=Campaign.State.LIVE).select_related("collection")
    lines = [
        f"{title(each)}  {each.collection.alias}/{each.stix_id}  "
        f"{CampaignMember.objects.filter(campaign_id=each.stix_id).count()} reports"
        for each in standing.order_by("collection__alias", "founded_at")
    ]
    return "\n".join(lines) or "None."


def _waiting(_options: dict[str, Any]) -> str:
    rows = CampaignProposal.objects.filter(state=CampaignProposal.State.OPEN)
    found = rows.select_related("collection").order_by("opened_at")
    return "\n".join(map(_proposal, found)) or "None."


def _proposal(row: CampaignProposal) -> str:
    head = (
        f"{row.id}  {row.kind}  {row.collection.alias}  {len(row.one)} and {len(row.other)} "
        f"reports, {row.share:.0%} of the smaller side's links"
    )
    return "\n".join([head, *(f"    {each.kind}  {each.text}" for each in _shown(row))])


def _shown(row: CampaignProposal) -> list[Any]:
    return proposals.evidence_of(row)[:10]


def _run(options: dict[str, Any]) -> str:
    by, collection = clerk.at_the_command_line(), clerk.collection(options["collection"])
    if collection.kind != Collection.Kind.SHARING:
        raise CommandError(f"{collection.alias} is no sharing collection.")
    done = correlate.run(collection, policy=by.policy, now=by.now)
    if done is None:
        raise CommandError("Another run is at it; try again when it is done.")
    return (
        f"{done.reports} reports, {done.links} links: {done.campaigns} campaigns, "
        f"{done.proposals} proposals open, in {done.seconds:.2f} s."
    )


def _decide(options: dict[str, Any]) -> str:
    desk = Desk.of(options["by"])
    desk.require("change_campaignproposal")
    row = proposals.find(options["proposal"])
    together = options["verb"] == "together"
    with desk.at_work(f"campaign {options['verb']}", f"{row.collection.alias}/{row.id}"):
        done = proposals.decide(desk.person, row.id, together=together, why=options["why"])
    return f"{done.get_state_display()}. The next run carries it out."


def _name(options: dict[str, Any]) -> str:
    desk, campaign = _at(options)
    naming.name(desk.person, _scribe(desk, campaign), campaign, options["name"])
    return f"{title(campaign)}."


def _designate(options: dict[str, Any]) -> str:
    desk, campaign = _at(options)
    operator = naming.designate(
        desk.person, _scribe(desk, campaign), campaign, like=options["like"]
    )
    return f"{title(campaign)} is attributed to {operator}."


def _at(options: dict[str, Any]) -> tuple[Desk, Campaign]:
    desk = Desk.of(options["by"])
    desk.require("change_campaignproposal")
    campaign = naming.find(options["campaign"])
    with desk.at_work(f"campaign {options['verb']}", campaign.stix_id):
        return desk, campaign


def _scribe(desk: Desk, campaign: Campaign) -> Scribe:
    return Scribe(family_of(campaign.collection), desk.clerk.policy, desk.clerk.now)
