-- After every migration and every restore, as yitian_owner in the database yitian; twice does no harm.
-- The serving role reads and writes rows. It cannot switch off a trigger, empty or drop a table, or make one.
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM yitian_app;
GRANT USAGE ON SCHEMA public TO yitian_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO yitian_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM yitian_app;

-- Rows that stay: triggers refuse to change them, and here the right is not even given.
REVOKE UPDATE, DELETE ON transfer, lot_use, failed_transfer, stock_move, order_move, record_event, conduct_event, admin_act, group_term,
  ballot_change, secret_vote, recheck_round, sealed_leaf, sealed_node, checkpoint FROM yitian_app;

-- Balances move by a row in transfer and in no other way: the trigger moves them with the owner's rights, and the
-- serving role may only close an account and set the clock of a pending transfer.
ALTER FUNCTION transfer_move() SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE UPDATE, DELETE ON account FROM yitian_app;
GRANT UPDATE (closed_at) ON account TO yitian_app;
REVOKE INSERT, UPDATE, DELETE ON open_pending FROM yitian_app;
GRANT UPDATE (expires_at, posts_at) ON open_pending TO yitian_app;
COMMIT;
