-- Once, as the superuser postgres: one role owns the tables and migrates, the other serves and owns nothing.
-- Put two passwords of your own in place of the words in quotes (openssl rand -hex 24 makes one).
CREATE ROLE yitian_owner LOGIN PASSWORD 'owner-password';
CREATE ROLE yitian_app LOGIN PASSWORD 'app-password';
CREATE DATABASE yitian OWNER yitian_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE yitian FROM PUBLIC;
GRANT CONNECT ON DATABASE yitian TO yitian_app;
