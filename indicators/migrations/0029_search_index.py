"""An index of what objects name: a search need read no body to find who names a value.

Built beside those who write, so outside a transaction. One that was cut short leaves an index that
answers nothing: it is dropped first, and the migration can be run again.
"""

from __future__ import annotations

from django.db import migrations


DROP = "DROP INDEX CONCURRENTLY IF EXISTS shared.publication_named"
# Without a list of what is pending: a search would read all of it for each value.
CREATE = """CREATE INDEX CONCURRENTLY IF NOT EXISTS publication_named
    ON shared.publication USING gin (shared.named_in(body)) WITH (fastupdate = off)
    WHERE superseded_by IS NULL AND body IS NOT NULL AND type IN (
        'attack-pattern', 'autonomous-system', 'course-of-action', 'domain-name', 'file',
        'indicator', 'ipv4-addr', 'ipv6-addr', 'tls-client-fingerprint', 'url', 'vulnerability',
        'x509-certificate')"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("indicators", "0029_search")]

    operations = [migrations.RunSQL(sql=[DROP, CREATE], reverse_sql=[DROP])]
