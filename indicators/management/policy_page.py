"""docs/policy.md, generated from the policy data: what the hub does, for people who read no code.

Every line comes from a file of `indicators/policy`; the page adds headings. A section whose data is
not there is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from importlib import resources

from indicators.domain.accountability import current_accountability
from indicators.domain.action import current_actions
from indicators.domain.decay import current_decay
from indicators.domain.disclosure import WITHHELD, TypeRule, current_policy
from indicators.domain.feedback import OPINIONS, feedback_policy
from indicators.domain.regime import SWITCHES, current_table
from indicators.domain.related import current_rules
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import current_templates
from indicators.domain.screens.packs import Rule, read_pack
from indicators.domain.terms import current_terms
from indicators.matching.limits import current_limits
from indicators.models.legal_hold import LONGEST_HOLD
from indicators.pipeline import public_templates


_NOTHING = "\N{EN DASH}"
_DECISIONS = {
    "auto": "publishes by itself",
    "review": "held",
    "refuse": "refused",
    "unshared": "read, not shared",
    "catalogue": "referred to, never copied",
    "feedback": "counted, never shared by itself",
}
_HEAD = """# Policy

Generated from `indicators/policy/` by `manage.py policy_docs`; a test compares. Change the data,
not this page. What each word of the disclosure policy does to a value is in {scope}; what follows
from the rest is in {law}, {matching} and {review}.
"""
_BESIDE = ("scope", "law", "matching", "review")


def render() -> str:
    """The page as it should stand."""
    links = {name: _link(name) for name in _BESIDE}
    parts = [
        _HEAD.format(**links),
        *(_section(heading, body()) for heading, body in _SECTIONS.items()),
    ]
    return "\n".join(part for part in parts if part)


def _link(name: str) -> str:
    return f"[{name}]({name}.md)"


def _section(heading: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines).strip("\n")
    return f"## {heading}\n\n{text}\n" if text else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    listed = [[str(cell).replace("|", "\\|") or _NOTHING for cell in row] for row in rows]
    if listed:
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        yield from (f"| {' | '.join(row)} |" for row in listed)


def _code(words: Iterable[str]) -> str:
    return _listed(f"`{each}`" for each in words)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _versions() -> Iterator[str]:
    found = [
        ("`disclosure.toml`", "what may leave, by type and property", current_policy().version),
        ("`regimes.toml`", "the law as dated data", current_table().version),
        ("`personal.toml`", "why a personal datum may be kept", current_rules().version),
        ("`retention.toml`", "how long what is kept", current_terms().version),
        ("`review.toml`", "how held objects are decided", current_review_policy().version),
        ("`templates.toml`", "texts of the Forum's own", current_templates().version),
        ("`actions.toml`", "how far to go on an indicator", current_actions().version),
        ("`feedback.toml`", "what follows from what members say", feedback_policy().version),
        (
            "`accountability.toml`",
            "what is counted of members and of the Forum",
            current_accountability().version,
        ),
        ("`decay.toml`", "how much is believed, and for how long", current_decay().version),
        ("`budgets.toml`", "how much a member may have evaluated", current_limits().version),
    ]
    yield from _table(["file", "what it rules", "version"], found)


def _types() -> Iterator[str]:
    rows = [
        (f"`{name}`", _decision(rule), _listed(_by_itself(rule)), _code(_waiting(rule)))
        for name, rule in sorted(current_policy().types.items())
    ]
    yield from _table(["type", "decision", "goes out by itself", "waits for a person"], rows)


def _decision(rule: TypeRule) -> str:
    reason = f": `{rule.reason}`" if rule.reason else ""
    held = "".join(f"; held if `{value}`" for value in sorted(rule.review_values))
    return f"{_DECISIONS[rule.verb]}{reason}{held}"


def _by_itself(rule: TypeRule) -> list[str]:
    shown = {} if rule.verb == "feedback" else {**rule.properties, **rule.extensions}
    return [
        f"`{name}`{' as a token' if each.action == 'token' else ''}"
        for name, each in shown.items()
        if each.action not in {*WITHHELD, "drop"}
    ]


def _waiting(rule: TypeRule) -> list[str]:
    shown = {**rule.properties, **rule.extensions}
    return [name for name, each in shown.items() if each.action in WITHHELD]


def _declaration() -> Iterator[str]:
    policy = current_policy()
    yield f"- purposes: {_code(sorted(policy.purposes))}"
    yield f"- threat nexus: {_code(sorted(policy.threat_nexus))}"
    yield ""
    yield "A declaration on the grant stands in for both, and is recorded as defaulted. It does not"
    yield "cover personal identifiers: there the object, or one of its envelope that refers to it,"
    yield "states its own."


def _feedback() -> Iterator[str]:
    policy = feedback_policy()
    rows = [
        (f"`{each}`", "yes" if each in policy.disputes else "no", policy.opinions.get(each, ""))
        for each in OPINIONS
    ]
    yield from _table(["verdict", "disputes", "once k members say so, the Forum says"], rows)


def _personal() -> Iterator[str]:
    rows = [
        (f"`{each.rule_id}`", each.keeps, each.related, each.never, each.form)
        for each in current_rules().by_kind.values()
    ]
    yield "No rule, no datum. The id of the rule is recorded with each decision that keeps one."
    yield ""
    yield from _table(["rule", "what is kept", "why it is directly related", "never", "form"], rows)


def _regimes() -> Iterator[str]:
    for each in current_table().regimes:
        yield f"### `{each.code}`: {each.title} ({each.jurisdiction})"
        yield ""
        yield each.about
        yield ""
        if not each.periods:
            yield "**Not in force until counsel dates it.**"
        for period in each.periods:
            end = period.end or "further notice"
            yield f"- {period.begin} to {end}, dated by {period.dated_by} on {period.dated_on}"
        yield ""


def _pauses() -> Iterator[str]:
    needs = current_table().needs
    rows = [
        (f"`{switch}`", told, _code(sorted(needs.get(switch, ()))) or "a person alone sets it")
        for switch, told in SWITCHES.items()
    ]
    yield from _table(["switch", "what a lab is told", "on by itself without one of"], rows)


def _lifetimes() -> Iterator[str]:
    policy, terms = current_policy(), current_terms()
    rows = [(f"`{kind}`", days) for kind, days in policy.lifetimes.items()]
    yield from _table(["kind", "an indicator lives at most, days"], rows)
    yield ""
    yield "Without a `valid_until` it ends earlier, when nobody sees it again: see Belief."
    yield f"An indicator is withdrawn {terms.grace} days after `valid_until`. An observable is"
    yield "withdrawn when nobody contributed it for the lifetime of its kind and"
    yield f"{terms.observable} days; anything else after {terms.other} days. What speaks of a token"
    yield "is withdrawn when its epoch ends, whatever else holds."


def _actions() -> Iterator[str]:
    actions = current_actions()
    yield from (f"- `{tier}`: {what}" for tier, what in actions.tiers.items())
    yield ""
    yield "The tier is a ceiling: a lab may state a weaker one, and of several that apply the"
    yield f"weakest holds. What a reviewer let pass as too broad has `{actions.broad}` at most."
    yield ""
    rows = [
        (f"`{kind}`", f"`{each.tier}`", each.confidence, "always" if each.shared else "",
         each.because)
        for kind, each in actions.about.items()
    ]  # fmt: skip
    head = ["about", "tier at most", "confidence unless stated", "bystanders use it", "why"]
    yield from _table(head, rows)
    yield ""
    yield "What else says that bystanders use it, and the tier that is left:"
    yield ""
    said = {f"`{word}`": tier for word, tier in {**actions.types, **actions.classes}.items()}
    said |= {"on a warning list": actions.listed, "its lab says so": actions.stated}
    yield from _table(["said", "tier at most"], ((key, f"`{each}`") for key, each in said.items()))


def _belief() -> Iterator[str]:
    decay = current_decay()
    rows = [
        (f"`{kind}`", each.cap, each.tau or "", each.delta if each.tau else "", _days(kind))
        for kind, each in decay.kinds.items()
    ]
    head = ["about", "cap of one lab's word", "tau, days", "delta", "ends unseen after, days"]
    yield from _table(head, rows)
    yield ""
    yield f"At most {decay.most} in all. Of several things that an indicator is about the one that"
    yield f"proves least counts. How a number comes about is in {_link('confidence')}."


def _days(kind: str) -> str:
    lives = current_decay().lives(kind)
    return f"{lives / timedelta(days=1):.1f}" if lives else ""


def _retention() -> Iterator[str]:
    terms = current_terms()
    rows = [
        ("raw bodies, what is held, what waits", "`RETENTION_DAYS` from receipt"),
        ("ids and messages of a submission's objects", f"{terms.statuses} days from receipt"),
        ("the link of a withdrawn contribution to its member", f"{terms.links} days"),
        ("a legal hold", f"{LONGEST_HOLD} days from its approval at most; two people; renewable"),
    ]
    yield from _table(["what", "how long"], rows)


def _review() -> Iterator[str]:
    review, templates = current_review_policy(), current_templates()
    yield f"- two people release what is held for: {_code(sorted(review.two_people))}"
    yield f"- a behaviour profile that moves with a release waits {review.linked_delay.days} days"
    yield from (f"- escalation to `{line}`: {when}" for line, when in review.lines.items())
    yield from (f"- a reveal for `{code}`: {why}" for code, why in review.reveal_reasons.items())
    yield f"- texts in place of a lab's words: {_code(sorted(templates.release))}"


def _packs() -> Iterator[str]:
    rows = [
        (f"`{rule.id}`", rule.kind, rule.action, rule.basis, rule.rationale, rule.owner)
        for rule in _rules()
    ]
    yield from _table(["rule", "looks for", "does", "ground", "why", "owner"], rows)


def _rules() -> Iterator[Rule]:
    for file in sorted(_files("packs", ".yaml")):
        yield from read_pack(_read("packs", file))


def _budgets() -> Iterator[str]:
    limits = current_limits()
    rows = [(f"`{kind}`", f"{cap:,}") for kind, cap in limits.daily.items()]
    yield from _table(["kind", "elements of one member in a day"], rows)
    if limits.daily:
        kinds = _code(sorted(limits.population_kinds))
        yield ""
        yield "A population grant, approved by two people, covers"
        yield f"{limits.population_factor} % of the declared accounts, once an epoch, for {kinds},"
        yield f"within {limits.population_hours} hours."


def _lists() -> Iterator[str]:
    rows = [_list(file) for file in sorted(_files("warninglists", ".txt"))]
    yield from _table(["list", "entries", "source", "licence", "version"], rows)


def _list(file: str) -> tuple[object, ...]:
    lines = _read("warninglists", file).splitlines()
    head = dict(
        line.removeprefix("# ").split(": ", 1)
        for line in lines
        if line.startswith("# ") and ": " in line
    )
    entries = sum(1 for line in lines if line and not line.startswith("#"))
    words = (head.get(name, "") for name in ("source", "licence", "version"))
    return (head.get("title", file), f"{entries:,}", *words)


def _public_templates() -> Iterator[str]:
    yield "Templates that anybody can read; a match on one proves nothing. Operators import more."
    yield ""
    yield from (f"- {name}" for name in sorted(public_templates.packaged()))


def _files(folder: str, ending: str) -> Iterator[str]:
    here = resources.files("indicators.policy").joinpath(folder)
    if here.is_dir():
        yield from (each.name for each in here.iterdir() if each.name.endswith(ending))


def _read(folder: str, file: str) -> str:
    return resources.files("indicators.policy").joinpath(folder, file).read_text("utf-8")


_SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "Versions": _versions,
    "Purpose and nexus": _declaration,
    "What may leave": _types,
    "Feedback": _feedback,
    "Personal data": _personal,
    "Legal regimes": _regimes,
    "Pauses": _pauses,
    "Lifetimes": _lifetimes,
    "How far to go": _actions,
    "Belief": _belief,
    "Retention": _retention,
    "Review": _review,
    "What screens look for": _packs,
    "Matching budgets": _budgets,
    "Warning lists": _lists,
    "Public templates": _public_templates,
}
