-- The hub's roles, for a database administrator to make once where the migrating login may not.
-- Then: GRANT forum_owner TO <login of migrations and manage.py>; GRANT forum_web TO <login of web>;
--       GRANT forum_worker, forum_publisher TO <login of the worker>; each process connects with its
--       own login, or with one login and DATABASE_ROLE (docs/settings.md).
CREATE ROLE forum_owner NOLOGIN;
CREATE ROLE forum_web NOLOGIN;
CREATE ROLE forum_worker NOLOGIN;
CREATE ROLE forum_publisher NOLOGIN;
