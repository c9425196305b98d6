"""What would become of an envelope if it were pushed now; nothing is written, nothing charged.

It is the river itself (`decide`, `hearing`, `retract`, `verbatim`) over the same looks, with
markers in the place of tokens and placeholders in that of ids. Refuses to be a way of asking what
others have sent, for which a push is too dear and too visible: nothing here depends on what the
member cannot read. So it does not say whether an object joins one that stands, what its next
version keeps of the last, or that a value is barred or disputed; the push alone finds that.
"""

from __future__ import annotations

from indicators.pipeline.preview.envelope import preview, preview_of_nobodys
from indicators.pipeline.preview.held import preview_of_held
from indicators.pipeline.preview.shown import Fate, Previewed, Property, Shown


__all__ = [
    "Fate",
    "Previewed",
    "Property",
    "Shown",
    "preview",
    "preview_of_held",
    "preview_of_nobodys",
]
