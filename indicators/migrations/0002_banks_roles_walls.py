"""Two schemas, four roles, row-level security: the banks and their walls.

The roles themselves exist already (`indicators.roles.ensure_roles`). Row-level security is the
second wall behind `members/access`; the owner and the worker see all rows by policy, since BYPASSRLS
would need a superuser and forced security would silently empty data migrations (ADR-0005).
"""

from django.db import migrations

PRIVATE = [
    "member",
    "member_user",
    "credential",
    "collection_grant",
    "poll_mark",
    "submission",
    "idempotency",
    "submission_object",
    "held_object",
    "waiting_edge",
    "contribution",
    "audit_entry",
]
SHARED = [
    "collection",
    "collection_head",
    "forum_object",
    "publication",
    "release_item",
    "edge",
    "spoken",
]
OWN = "member_id = nullif(current_setting('app.member_id', true), '')::uuid"
STAFF = "current_setting('app.staff', true) = 'on'"
OF_OWN = f"EXISTS (SELECT FROM private.submission s WHERE s.id = submission_id AND s.{OWN})"


def wall(table, rows):
    return [
        f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own_rows ON private.{table} TO forum_web "
        f"USING ({rows} OR {STAFF}) WITH CHECK ({rows} OR {STAFF})",
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)",
    ]


FORWARD = [
    "CREATE SCHEMA IF NOT EXISTS private",
    "CREATE SCHEMA IF NOT EXISTS shared",
    *(f"ALTER TABLE {table} SET SCHEMA private" for table in PRIVATE),
    *(f"ALTER TABLE {table} SET SCHEMA shared" for table in SHARED),
    # The whole row of a listing, so that staff screens can page over what has a composite key.
    """CREATE VIEW shared.publication_listing AS
       SELECT p.collection_id::text || ':' || p.position AS id, p.collection_id, p.position,
              p.date_added, p.stix_id, p.version, p.type, p.body, p.superseded_by, p.policy_version
       FROM shared.publication p""",
    "GRANT USAGE ON SCHEMA private TO forum_web, forum_worker",
    "GRANT USAGE ON SCHEMA shared TO forum_web, forum_worker, forum_publisher",
    # People's logins, sessions and the admin live in public.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO forum_web",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA private, public TO forum_web, forum_worker",
    "GRANT SELECT ON public.django_migrations TO forum_worker",
    "GRANT SELECT ON ALL TABLES IN SCHEMA shared TO forum_web, forum_worker",
    # The web takes in and answers; staff keep the records of members and collections.
    "GRANT SELECT, INSERT, UPDATE ON private.submission, private.idempotency, "
    "private.submission_object, private.held_object TO forum_web",
    "GRANT DELETE ON private.idempotency, private.waiting_edge TO forum_web",
    "GRANT SELECT ON private.contribution, private.waiting_edge TO forum_web",
    "GRANT SELECT, INSERT ON private.audit_entry TO forum_web",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON private.member, private.member_user, "
    "private.credential, private.collection_grant, private.poll_mark TO forum_web",
    "GRANT INSERT, UPDATE ON shared.collection TO forum_web",
    "GRANT INSERT ON shared.collection_head TO forum_web",
    # The worker does the private side; the feed it may only read.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON private.submission, private.idempotency, "
    "private.submission_object, private.held_object, private.waiting_edge, private.contribution, "
    "private.poll_mark TO forum_worker",
    "GRANT SELECT ON private.member, private.member_user, private.credential, "
    "private.collection_grant TO forum_worker",
    "GRANT UPDATE (last_used_day) ON private.credential TO forum_worker",
    "GRANT SELECT, INSERT ON private.audit_entry TO forum_worker",
    # The publisher alone writes the feed, and sees nothing of the private bank.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON shared.forum_object, shared.publication, "
    "shared.release_item, shared.edge, shared.spoken TO forum_publisher",
    "GRANT SELECT, UPDATE ON shared.collection_head TO forum_publisher",
    "GRANT SELECT ON shared.collection TO forum_publisher",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA shared TO forum_publisher",
    *wall("submission", OWN),
    *wall("idempotency", OWN),
    *wall("submission_object", OF_OWN),
    *wall("held_object", OF_OWN),
    *wall("waiting_edge", OF_OWN),
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0001_initial"),
        # Grants on people's tables need those tables.
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop)]
