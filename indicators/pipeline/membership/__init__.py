"""How a member comes and how it leaves: each with a record, a checklist, and two people."""
