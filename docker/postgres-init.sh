#!/bin/sh
# Runs once, on an empty data volume: the owner role migrates, the application role owns nothing, a third login seals the
# audit (a volume from before it: CREATE ROLE xueji_seal … by hand, then migrate).
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" \
    --set=seal_password="$SEAL_PASSWORD" <<'SQL'
CREATE ROLE xueji_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE xueji_app LOGIN PASSWORD :'app_password';
CREATE ROLE xueji_seal LOGIN PASSWORD :'seal_password';
GRANT xueji_app, xueji_seal TO xueji_owner;
CREATE DATABASE xueji OWNER xueji_owner;
\connect xueji
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
SET ROLE xueji_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO xueji_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO xueji_app;
SQL
