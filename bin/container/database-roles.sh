#!/bin/bash
# Run once by the database image, in the new cluster: the service reads and writes rows, and may not change the schema.
set -euo pipefail
password=$(cat /run/secrets/database_app_password)
psql -v ON_ERROR_STOP=1 -v password="$password" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE ilos_app LOGIN PASSWORD :'password';
GRANT USAGE ON SCHEMA public TO ilos_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ilos_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ilos_app;
SQL
