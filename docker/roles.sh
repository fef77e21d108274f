#!/bin/sh
# Before every migration, by the superuser: roles, database, extensions. On an empty volume it makes them, on an older
# one what it lacks; what is there stays, and passwords are those of docker/environment. The owner role migrates, the
# application role owns nothing, a third login seals the audit.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv seal_password SEAL_PASSWORD
SELECT format('CREATE ROLE %I', wanted) FROM unnest('{xueji_owner,xueji_app,xueji_seal}'::text[]) wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec
ALTER ROLE xueji_owner LOGIN CREATEDB PASSWORD :'owner_password';
ALTER ROLE xueji_app LOGIN PASSWORD :'app_password';
ALTER ROLE xueji_seal LOGIN PASSWORD :'seal_password';
SET client_min_messages = warning;
GRANT xueji_app, xueji_seal TO xueji_owner;
SELECT 'CREATE DATABASE xueji OWNER xueji_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'xueji') \gexec
\connect xueji
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SET ROLE xueji_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO xueji_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO xueji_app;
SQL
