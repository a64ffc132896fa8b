"""What the database itself refuses in the ledger, and how the balances move: by trigger, from every connection."""

from __future__ import annotations

from points.guards import POSTGRESQL_ROWS_STAY, append_only, attach
from points.ledger.models import Account, FailedTransfer, LotUse, OpenPending, Transfer

SQLITE_CHECK = """
CREATE TRIGGER transfer_check BEFORE INSERT ON transfer BEGIN
  SELECT RAISE(ABORT, 'transfer: debit account not found') WHERE NOT EXISTS
    (SELECT 1 FROM account WHERE community_id = NEW.community_id AND id = NEW.debit_account_id);
  SELECT RAISE(ABORT, 'transfer: credit account not found') WHERE NOT EXISTS
    (SELECT 1 FROM account WHERE community_id = NEW.community_id AND id = NEW.credit_account_id);
  SELECT RAISE(ABORT, 'transfer: accounts must be different') WHERE NEW.debit_account_id = NEW.credit_account_id;
  SELECT RAISE(ABORT, 'transfer: amount must be positive') WHERE NEW.amount IS NULL OR typeof(NEW.amount) <> 'integer'
    OR NEW.amount < 0 OR (NEW.amount = 0 AND NEW.kind <> 'post');
  SELECT RAISE(ABORT, 'transfer: unknown kind') WHERE NEW.kind IS NULL
    OR NEW.kind NOT IN ('posted', 'pending', 'post', 'void')
    OR (NEW.kind IN ('post', 'void')) <> (NEW.pending_id IS NOT NULL);
  SELECT RAISE(ABORT, 'transfer: accounts must have the same unit') WHERE
    (SELECT unit FROM account WHERE community_id = NEW.community_id AND id = NEW.debit_account_id) <>
    (SELECT unit FROM account WHERE community_id = NEW.community_id AND id = NEW.credit_account_id);
  SELECT RAISE(ABORT, 'transfer: account closed') WHERE NEW.kind <> 'void' AND EXISTS
    (SELECT 1 FROM account WHERE community_id = NEW.community_id
       AND id IN (NEW.debit_account_id, NEW.credit_account_id) AND closed_at IS NOT NULL);
  SELECT RAISE(ABORT, 'transfer: account overdrawn') WHERE NEW.kind IN ('posted', 'pending') AND EXISTS
    (SELECT 1 FROM account WHERE community_id = NEW.community_id AND id = NEW.debit_account_id
       AND debits_must_not_exceed_credits AND debits_posted + debits_pending + NEW.amount > credits_posted);
  SELECT RAISE(ABORT, 'transfer: pending transfer not open') WHERE NEW.kind IN ('post', 'void') AND NOT EXISTS
    (SELECT 1 FROM open_pending p WHERE p.community_id = NEW.community_id AND p.id = NEW.pending_id
       AND p.debit_account_id = NEW.debit_account_id AND p.credit_account_id = NEW.credit_account_id
       AND NEW.amount <= p.amount AND (NEW.kind = 'post' OR NEW.amount = p.amount)
       AND (NEW.kind = 'void' OR p.expires_at IS NULL OR p.expires_at > NEW.recorded_at)
       AND (NEW.kind = 'post' OR p.posts_at IS NULL OR p.posts_at > NEW.recorded_at OR EXISTS
         (SELECT 1 FROM account WHERE community_id = NEW.community_id AND closed_at IS NOT NULL
            AND id IN (NEW.debit_account_id, NEW.credit_account_id))));
  SELECT RAISE(ABORT, 'transfer: reversed transfer not found') WHERE NEW.reverses_id IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM transfer WHERE community_id = NEW.community_id AND id = NEW.reverses_id);
  SELECT RAISE(ABORT, 'transfer: already reversed') WHERE NEW.reverses_id IS NOT NULL AND EXISTS
    (SELECT 1 FROM transfer WHERE community_id = NEW.community_id AND reverses_id = NEW.reverses_id);
  SELECT RAISE(ABORT, 'transfer: statement number out of turn') WHERE NEW.kind IN ('posted', 'post') AND (
    NEW.debit_seq IS NOT (SELECT entries + 1 FROM account
       WHERE community_id = NEW.community_id AND id = NEW.debit_account_id)
    OR NEW.credit_seq IS NOT (SELECT entries + 1 FROM account
       WHERE community_id = NEW.community_id AND id = NEW.credit_account_id));
END
"""

SQLITE_MOVE = """
CREATE TRIGGER transfer_move AFTER INSERT ON transfer BEGIN
  UPDATE account SET
    debits_posted = debits_posted + CASE WHEN NEW.kind IN ('posted', 'post') THEN NEW.amount ELSE 0 END,
    debits_pending = debits_pending + CASE WHEN NEW.kind = 'pending' THEN NEW.amount WHEN NEW.pending_id IS NULL THEN 0
      ELSE -(SELECT amount FROM open_pending WHERE community_id = NEW.community_id AND id = NEW.pending_id) END,
    entries = entries + (NEW.kind IN ('posted', 'post'))
    WHERE community_id = NEW.community_id AND id = NEW.debit_account_id;
  UPDATE account SET
    credits_posted = credits_posted + CASE WHEN NEW.kind IN ('posted', 'post') THEN NEW.amount ELSE 0 END,
    credits_pending = credits_pending + CASE WHEN NEW.kind = 'pending' THEN NEW.amount WHEN NEW.pending_id IS NULL THEN 0
      ELSE -(SELECT amount FROM open_pending WHERE community_id = NEW.community_id AND id = NEW.pending_id) END,
    entries = entries + (NEW.kind IN ('posted', 'post'))
    WHERE community_id = NEW.community_id AND id = NEW.credit_account_id;
  DELETE FROM open_pending WHERE community_id = NEW.community_id AND id = NEW.pending_id;
  INSERT INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, expires_at, posts_at)
    SELECT NEW.community_id, NEW.id, NEW.debit_account_id, NEW.credit_account_id, NEW.amount, NEW.code,
           NEW.expires_at, NEW.posts_at
    WHERE NEW.kind = 'pending';
END
"""

# One function, after the row: an INSERT that ON CONFLICT skips moves nothing. The rows of the two accounts are
# updated in the order of their ids, so that two raw connections cannot wait for each other.
POSTGRESQL_MOVE = """
CREATE OR REPLACE FUNCTION transfer_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  p record;
  d record;
  c record;
  closed boolean;
  counts int := CASE WHEN NEW.kind IN ('posted', 'post') THEN 1 ELSE 0 END;
  posted bigint := CASE WHEN NEW.kind IN ('posted', 'post') THEN NEW.amount ELSE 0 END;
  held bigint := CASE WHEN NEW.kind = 'pending' THEN NEW.amount ELSE 0 END;
BEGIN
  IF NEW.pending_id IS NOT NULL THEN
    DELETE FROM open_pending WHERE community_id = NEW.community_id AND id = NEW.pending_id RETURNING * INTO p;
    IF NOT FOUND OR p.debit_account_id <> NEW.debit_account_id OR p.credit_account_id <> NEW.credit_account_id
       OR NEW.amount > p.amount OR (NEW.kind = 'void' AND NEW.amount <> p.amount)
       OR (NEW.kind = 'post' AND p.expires_at <= NEW.recorded_at) THEN
      RAISE EXCEPTION 'transfer: pending transfer not open' USING ERRCODE = 'check_violation';
    END IF;
    held := -p.amount;
  END IF;
  IF NEW.debit_account_id < NEW.credit_account_id THEN
    UPDATE account SET debits_posted = debits_posted + posted, debits_pending = debits_pending + held,
      entries = entries + counts
      WHERE community_id = NEW.community_id AND id = NEW.debit_account_id RETURNING * INTO d;
    UPDATE account SET credits_posted = credits_posted + posted, credits_pending = credits_pending + held,
      entries = entries + counts
      WHERE community_id = NEW.community_id AND id = NEW.credit_account_id RETURNING * INTO c;
  ELSE
    UPDATE account SET credits_posted = credits_posted + posted, credits_pending = credits_pending + held,
      entries = entries + counts
      WHERE community_id = NEW.community_id AND id = NEW.credit_account_id RETURNING * INTO c;
    UPDATE account SET debits_posted = debits_posted + posted, debits_pending = debits_pending + held,
      entries = entries + counts
      WHERE community_id = NEW.community_id AND id = NEW.debit_account_id RETURNING * INTO d;
  END IF;
  IF d.unit <> c.unit THEN
    RAISE EXCEPTION 'transfer: accounts must have the same unit' USING ERRCODE = 'check_violation';
  END IF;
  closed := d.closed_at IS NOT NULL OR c.closed_at IS NOT NULL;
  IF NEW.kind <> 'void' AND closed THEN
    RAISE EXCEPTION 'transfer: account closed' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'void' AND NOT closed THEN
    IF p.posts_at <= NEW.recorded_at THEN
      RAISE EXCEPTION 'transfer: pending transfer not open' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF counts = 1 AND (NEW.debit_seq <> d.entries OR NEW.credit_seq <> c.entries) THEN
    RAISE EXCEPTION 'transfer: statement number out of turn' USING ERRCODE = 'serialization_failure';
  END IF;
  IF NEW.kind = 'pending' THEN
    INSERT INTO open_pending (community_id, id, debit_account_id, credit_account_id, amount, code, expires_at, posts_at)
    VALUES (NEW.community_id, NEW.id, NEW.debit_account_id, NEW.credit_account_id, NEW.amount, NEW.code,
            NEW.expires_at, NEW.posts_at);
  END IF;
  RETURN NULL;
END $$
--;
CREATE TRIGGER transfer_move AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION transfer_move()
"""

SQLITE_ACCOUNT = """
CREATE TRIGGER account_opens_empty BEFORE INSERT ON account
WHEN NEW.credits_posted <> 0 OR NEW.debits_posted <> 0 OR NEW.credits_pending <> 0 OR NEW.debits_pending <> 0
  OR NEW.entries <> 0
  OR EXISTS (SELECT 1 FROM account WHERE community_id = NEW.community_id
             AND (id = NEW.id OR (kind = NEW.kind AND owner_id = NEW.owner_id)))
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: account opens once, and empty'); END
--;
CREATE TRIGGER account_keeps_its_name
BEFORE UPDATE OF community_id, id, kind, owner_id, unit, debits_must_not_exceed_credits ON account
BEGIN SELECT RAISE(ABORT, 'account: kind, owner, unit and limit are never changed'); END
--;
CREATE TRIGGER account_stays BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END
"""

POSTGRESQL_ACCOUNT = """
CREATE OR REPLACE FUNCTION account_opens_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.credits_posted <> 0 OR NEW.debits_posted <> 0 OR NEW.credits_pending <> 0 OR NEW.debits_pending <> 0
     OR NEW.entries <> 0 THEN
    RAISE EXCEPTION 'account opens empty' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER account_opens_empty BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION account_opens_empty()
--;
CREATE TRIGGER account_keeps_its_name
BEFORE UPDATE OF community_id, id, kind, owner_id, unit, debits_must_not_exceed_credits ON account
FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER account_stays BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
"""

# The list of open ones follows the transfers by itself; by hand only a clock may be set.
SQLITE_OPEN = """
CREATE TRIGGER open_pending_follows BEFORE INSERT ON open_pending
WHEN NOT EXISTS (SELECT 1 FROM transfer t WHERE t.community_id = NEW.community_id AND t.id = NEW.id AND t.kind = 'pending'
    AND t.debit_account_id = NEW.debit_account_id AND t.credit_account_id = NEW.credit_account_id AND t.amount = NEW.amount)
  OR EXISTS (SELECT 1 FROM transfer WHERE community_id = NEW.community_id AND pending_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'open_pending follows the transfers'); END
--;
CREATE TRIGGER open_pending_keeps_its_terms
BEFORE UPDATE OF community_id, id, debit_account_id, credit_account_id, amount, code ON open_pending
BEGIN SELECT RAISE(ABORT, 'open_pending: only the clock moves'); END
--;
CREATE TRIGGER open_pending_stays BEFORE DELETE ON open_pending
WHEN NOT EXISTS (SELECT 1 FROM transfer WHERE community_id = OLD.community_id AND pending_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'open_pending follows the transfers'); END
"""
# Depth 0 is a statement of somebody's own, 1 is the trigger on transfer.
POSTGRESQL_OPEN = """
CREATE TRIGGER open_pending_follows BEFORE INSERT OR DELETE ON open_pending FOR EACH ROW
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER open_pending_keeps_its_terms
BEFORE UPDATE OF community_id, id, debit_account_id, credit_account_id, amount, code ON open_pending
FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER open_pending_no_truncate BEFORE TRUNCATE ON open_pending FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
"""

append_only(Transfer.__table__)
append_only(LotUse.__table__)
append_only(FailedTransfer.__table__)
attach(Transfer.__table__, sqlite=SQLITE_CHECK + "\n--;" + SQLITE_MOVE, postgresql=POSTGRESQL_MOVE)
attach(
    Account.__table__,
    sqlite=SQLITE_ACCOUNT,
    postgresql=POSTGRESQL_ROWS_STAY + "\n--;" + POSTGRESQL_ACCOUNT,
)
attach(OpenPending.__table__, sqlite=SQLITE_OPEN, postgresql=POSTGRESQL_ROWS_STAY + "\n--;" + POSTGRESQL_OPEN)
