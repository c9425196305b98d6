"""What objects name, as words: the next migration makes an index of them.

The function must stay what it is while the index stands; another reading gets another name. A word
longer than an index entry may be is left out: the row must be published all the same.
"""

from __future__ import annotations

from django.db import migrations


FORWARD = [
    r"""CREATE FUNCTION shared.named_in(body text) RETURNS text[]
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            object jsonb := body::jsonb;
            pattern text := object ->> 'pattern';
            named text[] := ARRAY(SELECT word #>> '{}' FROM jsonb_path_query(
                object, '$.external_references[*].external_id') AS word);
        BEGIN
            IF pattern IS NULL THEN
                named := named || ARRAY[object ->> 'value', 'AS' || (object ->> 'number')]
                    || ARRAY(SELECT word #>> '{}'
                             FROM jsonb_path_query(object, '$.hashes.*') AS word);
            ELSE
                named := named
                    || ARRAY(SELECT regexp_replace(hit[1], '\\(.)', '\1', 'g')
                             FROM regexp_matches(pattern, '''((?:[^''\\]|\\.)*)''', 'g') AS hit)
                    || ARRAY(SELECT word #>> '{}' FROM jsonb_path_query(
                             object, '$.extensions.*.techniques[*]') AS word);
                IF strpos(pattern, 'number') > 0 THEN
                    named := named || ARRAY(
                        SELECT 'AS' || number
                        FROM regexp_matches(pattern,
                            '(?:system:|belongs_to_refs\[\*\]\.)number (?:=|IN) \(?([0-9, ]+)',
                            'g') AS hit, regexp_split_to_table(hit[1], ', ') AS number);
                END IF;
            END IF;
            RETURN ARRAY(SELECT DISTINCT word FROM unnest(named) AS word
                         WHERE octet_length(word) <= 2000);
        END $$""",
]
BACK = ["DROP FUNCTION shared.named_in"]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0028_indexes_of_lists")]

    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=BACK)]
