"""By when a person should have looked: so many office hours after something came in. UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
"""No two moments lie closer together."""


@dataclass(frozen=True, slots=True)
class Target:
    """How much office time a decision may take."""

    allowance: timedelta
    weekdays: frozenset[int]
    """ISO: 1 is Monday."""
    opens: time
    closes: time
    closed: frozenset[date]

    def due(self, since: datetime) -> datetime:
        """The moment at which the allowance is used up, if it starts running at `since`."""
        left, day = self.allowance, since.astimezone(UTC).date()
        while True:
            if self._is_open(day):
                start, end = max(since, _at(day, self.opens)), _at(day, self.closes)
                if end - start >= left:
                    return start + left
                left -= max(end - start, timedelta())
            day += _DAY

    def overdue_before(self, now: datetime) -> datetime:
        """What came in before this moment is over its target by now, and nothing else is."""
        span = _DAY
        while self.due(now - span) >= now:
            span *= 2
        late, on_time = now - span, now
        while on_time - late > _INSTANT:
            middle = late + (on_time - late) / 2
            late, on_time = (middle, on_time) if self.due(middle) < now else (late, middle)
        return on_time

    def _is_open(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.closed


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=UTC)
