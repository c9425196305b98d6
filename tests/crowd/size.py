"""How much there is of each thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of rows; what the river made of the largest envelope comes on top."""

    members: int
    collections: int
    publications: int
    campaigns: int
    submissions: int
    envelope: int
    """Objects of one envelope that is worked on for real."""
    held: int
    entries: int
    """Of the journal."""
    records: int
    """Of each kind of case that staff keep: appeals, questions, proposals and the like."""

    @classmethod
    def even(cls, number: int) -> Size:
        """The same of everything."""
        return cls(*[number] * 9)

    @classmethod
    def of_hub(cls, publications: int) -> Size:
        """What a hub that has published so much has beside that."""
        return cls(
            members=40,
            collections=8,
            publications=publications,
            campaigns=max(1, publications // 200),
            submissions=max(1, publications // 5),
            envelope=max(1, publications // 10),
            held=max(1, publications // 20),
            entries=2 * publications,
            records=max(1, publications // 500),
        )
