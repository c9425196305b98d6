"""What the Forum did in a quarter, counted from the entries of its journal and from nothing else.

The same entries give the same report, byte for byte. Counted is by object of an envelope what last
became of it in the quarter. Small counts are not told (`suppression`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import median_low

from indicators.domain.canonical import canonical_bytes
from indicators.domain.suppression import alone, told


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal."""

    id: str
    at: datetime
    actor: str
    act: str
    subject: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a calendar year, UTC."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> Quarter:
        """From `2026Q4`; raises ValueError."""
        year, letter, number = text[:4], text[4:5], text[5:]
        if len(text) != 6 or letter != "Q" or not year.isdecimal() or number not in {*"1234"}:  # noqa: PLR2004  as 2026Q4 has
            raise ValueError(f"{text!r} is no quarter: write it as 2026Q4.")
        return cls(int(year), int(number))

    @classmethod
    def of(cls, moment: datetime) -> Quarter:
        """The quarter that a moment lies in."""
        utc = moment.astimezone(UTC)
        return cls(utc.year, (utc.month + 2) // 3)

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.begin - timedelta(days=1))

    @property
    def begin(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        return (self.begin + timedelta(days=95)).replace(day=1)

    def __str__(self) -> str:
        return f"{self.year:04}Q{self.number}"


_WITHIN = (
    ("a minute", timedelta(minutes=1)),
    ("five minutes", timedelta(minutes=5)),
    ("an hour", timedelta(hours=1)),
    ("a day", timedelta(days=1)),
    ("a week", timedelta(days=7)),
)
_OUTCOMES = (
    "overtaken",
    "waiting",
    "unshared",
    "withdrawn",
    "sent_again",
    "echo",
    "held",
    "accepted_redacted",
    "rejected",
    "accepted_as_sent",
)
"""In the order in which they are hidden together with small ones."""
_ALONE = {
    "object revoked": "objects_revoked",
    "object expired": "objects_expired",
    "object corroborated": "versions_that_say_corroborated",
    "object erased": "objects_erased_on_request",
}
_APPEALS = ("opened", "upheld", "dismissed")
_REQUEST = "government request "
_BY_PIPELINE = "pipeline"


@dataclass(slots=True)
class _Count:
    """Everything that is counted on the way through the journal."""

    entries: Counter[str] = field(default_factory=Counter)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By object of an envelope what became of it, and why."""
    redacted: set[str] = field(default_factory=set)
    received: dict[str, datetime] = field(default_factory=dict)
    passed: dict[str, datetime] = field(default_factory=dict)
    disputes: int = 0
    """Appeals that the pipeline opened: one object may be disputed again."""
    requests: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By government request its jurisdiction and its answer."""


def report(entries: Iterable[Entry], quarter: Quarter, *, small: int) -> dict[str, object]:
    """The report of a quarter, from its entries in the order of their time and their id."""
    count, digest = _Count(), sha256()
    for each in entries:
        digest.update(canonical_bytes([each.id, each.actor, each.act, each.subject, each.body]))
        _take(count, each)
    return {
        "quarter": str(quarter),
        "counts_below_are_not_told": small,
        "journal_sha256": digest.hexdigest(),
        **_objects(count, k=small),
        **_single(count, k=small),
        "government_requests": _requests(count, k=small),
        "median_time_from_receipt_to_release": _median(count, k=small),
    }


def _take(count: _Count, entry: Entry) -> None:
    act, subject = entry.act, entry.subject
    count.entries[act] += 1
    if "#" in subject:
        _take_object(count, entry)
    elif act == "envelope received":
        count.received[subject] = entry.at
    elif act == "appeal opened" and entry.actor == _BY_PIPELINE:
        count.disputes += 1
    elif act.startswith(_REQUEST):
        jurisdiction, _ = count.requests.get(subject, ("", ""))
        named = str(entry.body.get("jurisdiction", jurisdiction))
        count.requests[subject] = (named, act.removeprefix(_REQUEST))


def _take_object(count: _Count, entry: Entry) -> None:
    """What became of one object of an envelope, the last word counting."""
    subject, body = entry.subject, entry.body
    if entry.act == "content removed" or body.get("withheld"):
        count.redacted.add(subject)
    end = _end(entry)
    if end is None:
        return
    count.ends[subject] = end
    if end[0] == "published" and not end[1]:
        count.passed[subject] = entry.at


def _end(entry: Entry) -> tuple[str, str] | None:
    body = entry.body
    reason = str(body.get("reason", ""))
    is_whole = body.get("part", "object") == "object"
    match entry.act:
        case "held expired" if is_whole:
            return "rejected", "HELD_TOO_LONG"
        case "held rejected" if is_whole:
            return "rejected", "REVIEW_REJECTED"
        case "decision undone" | "decision failed" if is_whole:
            return "held", str(next(iter(_listed(body.get("reasons"))), ""))
        case "object overtaken":
            return "overtaken", reason
        case act if act.startswith("object "):
            return act.removeprefix("object "), reason
        case _:
            return None


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _objects(count: _Count, *, k: int) -> dict[str, object]:
    ends = Counter(outcome for outcome, _ in count.ends.values() if outcome != "published")
    accepted = [
        subject
        for subject, (outcome, reason) in count.ends.items()
        if outcome == "published" and not reason
    ]
    redacted = sum(subject in count.redacted for subject in accepted)
    again = sum(bool(reason) for outcome, reason in count.ends.values() if outcome == "published")
    ends |= Counter(
        accepted_as_sent=len(accepted) - redacted, accepted_redacted=redacted, sent_again=again
    )
    objects = told({name: ends[name] for name in _OUTCOMES}, k=k)
    why = {
        f"{outcome}_by_reason": asdict(told(_reasons(count, outcome), k=k))
        for outcome in ("held", "rejected")
        if outcome in objects.cells
    }
    return {"objects": asdict(objects), **why}


def _reasons(count: _Count, outcome: str) -> dict[str, int]:
    return _sorted(reason for end, reason in count.ends.values() if end == outcome)


def _sorted(words: Iterable[str]) -> dict[str, int]:
    """How often each comes, in alphabetical order."""
    return dict(sorted(Counter(words).items()))


def _single(count: _Count, *, k: int) -> dict[str, object]:
    """Counts that nothing adds up to."""
    found = {"submissions": len(count.received)}
    found["withdrawals_asked_for"] = count.entries["retraction received"]
    found |= {name: count.entries[act] for act, name in _ALONE.items()}
    found["disputes_by_members"] = count.disputes
    opened = count.entries["appeal opened"] - count.disputes
    found |= {f"appeals_{each}": count.entries[f"appeal {each}"] for each in _APPEALS}
    found["appeals_opened"] = opened
    return {name: alone(each, k=k) for name, each in found.items()}


def _requests(count: _Count, *, k: int) -> dict[str, object]:
    by_answer = told(_sorted(answer for _, answer in count.requests.values()), k=k)
    if by_answer.total is None:
        return {"by_answer": asdict(by_answer)}
    by_country = told(_sorted(country for country, _ in count.requests.values()), k=k)
    return {"by_answer": asdict(by_answer), "by_jurisdiction": asdict(by_country)}


def _median(count: _Count, *, k: int) -> str | None:
    """As a bucket; None where fewer than k objects passed."""
    times = [
        at - count.received[submission]
        for subject, at in count.passed.items()
        if (submission := subject.partition("#")[0]) in count.received
    ]
    if len(times) < k:
        return None
    middle = median_low(times)
    within = next((name for name, most in _WITHIN if middle <= most), None)
    return f"within {within}" if within else "more than a week"


def as_json(found: Mapping[str, object]) -> bytes:
    return canonical_bytes(found) + b"\n"


def in_words(found: Mapping[str, object]) -> str:
    """The report as text, a line for each count."""
    return "\n".join([f"Transparency report {found['quarter']}", "", *_lines(found)]) + "\n"


def _lines(found: Mapping[str, object], indent: str = "") -> list[str]:
    lines = []
    for name in sorted(found):
        value, words = found[name], name.replace("_", " ")
        if isinstance(value, Mapping):
            lines += [f"{indent}{words}", *_lines(value, f"{indent}  ")]
        elif name != "other" or value is not None:
            lines.append(f"{indent}{words}: {'not told' if value is None else value}")
    return lines
