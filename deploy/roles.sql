-- The hub's roles, for a database administrator to make once where the migrating login may not.
-- Run in the hub's database; then give each process's login its role (docs/settings.md):
--   migrations and manage.py   GRANT forum_owner, forum_publisher TO <login>;
--   web                        GRANT forum_web TO <login>;
--   worker and beat            GRANT forum_worker, forum_publisher TO <login>;
CREATE ROLE forum_owner NOLOGIN;
CREATE ROLE forum_web NOLOGIN;
CREATE ROLE forum_worker NOLOGIN;
CREATE ROLE forum_publisher NOLOGIN;
DO $$ BEGIN
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO forum_owner', current_database());
END $$;
GRANT ALL ON SCHEMA public TO forum_owner;
