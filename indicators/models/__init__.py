"""All tables, for Django to find. Code imports them by leaf module, never from here."""

from __future__ import annotations

from indicators.models.appeal import Appeal
from indicators.models.audit import AuditEntry
from indicators.models.barred import Barred
from indicators.models.bulletin import Bulletin
from indicators.models.campaign import (
    Campaign,
    CampaignCandidate,
    CampaignMember,
    CampaignWord,
    CorrelationMark,
    CorrelationRun,
    Evidence,
)
from indicators.models.campaign_name import CampaignName
from indicators.models.collection import Collection, CollectionHead
from indicators.models.family import (
    Band,
    FamilyLink,
    FamilyMark,
    PublicTemplate,
    PublicTier,
    Skeleton,
)
from indicators.models.family_proposal import FamilyProposal
from indicators.models.feedback import Feedback
from indicators.models.government_request import GovernmentRequest
from indicators.models.incident import Incident, IncidentEntry
from indicators.models.key_list import KeyListEntry
from indicators.models.key_order import KeyOrder
from indicators.models.legal_demand import LegalDemand
from indicators.models.legal_hold import LegalHold
from indicators.models.lineage import Contribution
from indicators.models.listing import FeedEntry, PublicationListing
from indicators.models.matching import (
    BudgetUse,
    EvaluationRequest,
    PopulationGrant,
    PopulationUse,
)
from indicators.models.member import (
    Credential,
    Grant,
    Member,
    MemberUser,
    Passage,
    PollMark,
)
from indicators.models.offboarding import Offboarding
from indicators.models.onboarding import Onboarding
from indicators.models.pause import Pause
from indicators.models.policy_approval import PolicyApproval
from indicators.models.proposal import CampaignProposal
from indicators.models.publication import Edge, ForumObject, Publication, ReleaseItem, Spoken
from indicators.models.quarterly_report import QuarterlyReport
from indicators.models.question import Question
from indicators.models.recall import Recall, RecalledObject
from indicators.models.rescreen import PolicyText, Rescreen
from indicators.models.reveal import Reveal
from indicators.models.shift_note import ShiftNote
from indicators.models.subject_request import SubjectRequest
from indicators.models.submission import (
    HeldObject,
    Idempotency,
    Submission,
    SubmissionObject,
    WaitingEdge,
)
from indicators.models.watch import Watch


__all__ = [
    "Appeal",
    "AuditEntry",
    "Band",
    "Barred",
    "BudgetUse",
    "Bulletin",
    "Campaign",
    "CampaignCandidate",
    "CampaignMember",
    "CampaignName",
    "CampaignProposal",
    "CampaignWord",
    "Collection",
    "CollectionHead",
    "Contribution",
    "CorrelationMark",
    "CorrelationRun",
    "Credential",
    "Edge",
    "EvaluationRequest",
    "Evidence",
    "FamilyLink",
    "FamilyMark",
    "FamilyProposal",
    "FeedEntry",
    "Feedback",
    "ForumObject",
    "GovernmentRequest",
    "Grant",
    "HeldObject",
    "Idempotency",
    "Incident",
    "IncidentEntry",
    "KeyListEntry",
    "KeyOrder",
    "LegalDemand",
    "LegalHold",
    "Member",
    "MemberUser",
    "Offboarding",
    "Onboarding",
    "Passage",
    "Pause",
    "PolicyApproval",
    "PolicyText",
    "PollMark",
    "PopulationGrant",
    "PopulationUse",
    "PublicTemplate",
    "PublicTier",
    "Publication",
    "PublicationListing",
    "QuarterlyReport",
    "Question",
    "Recall",
    "RecalledObject",
    "ReleaseItem",
    "Rescreen",
    "Reveal",
    "ShiftNote",
    "Skeleton",
    "Spoken",
    "SubjectRequest",
    "Submission",
    "SubmissionObject",
    "WaitingEdge",
    "Watch",
]
