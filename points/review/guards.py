"""What the database itself refuses in a review: a vote made less secret, a ballot touched after the count."""

from __future__ import annotations

from points.guards import attach
from points.review.models import Ballot, ReviewSession

# The rules of a vote are known before it and stay: secrecy, kind, and the seed of a draw.
attach(
    ReviewSession.__table__,
    sqlite="""
CREATE TRIGGER review_session_terms_stay BEFORE UPDATE ON review_session
WHEN NEW.secrecy <> OLD.secrecy OR NEW.kind <> OLD.kind OR NEW.body <> OLD.body OR NEW.draw_seed IS NOT OLD.draw_seed
  OR (OLD.roll_hash IS NOT NULL AND NEW.roll_hash IS NOT OLD.roll_hash)
BEGIN SELECT RAISE(ABORT, 'the terms of a review session are never changed'); END
--;
CREATE TRIGGER review_session_stays_closed BEFORE UPDATE ON review_session
WHEN OLD.state = 'closed' AND NEW.state <> 'closed'
BEGIN SELECT RAISE(ABORT, 'a closed review session is never opened again'); END
""",
    postgresql="""
CREATE OR REPLACE FUNCTION review_session_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.secrecy <> OLD.secrecy OR NEW.kind <> OLD.kind OR NEW.body <> OLD.body
     OR NEW.draw_seed IS DISTINCT FROM OLD.draw_seed
     OR (OLD.roll_hash IS NOT NULL AND NEW.roll_hash IS DISTINCT FROM OLD.roll_hash) THEN
    RAISE EXCEPTION 'the terms of a review session are never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state = 'closed' AND NEW.state <> 'closed' THEN
    RAISE EXCEPTION 'a closed review session is never opened again' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER review_session_terms_stay BEFORE UPDATE ON review_session
FOR EACH ROW EXECUTE FUNCTION review_session_terms_stay()
""",
)

_SQLITE_BALLOT = """
CREATE TRIGGER ballot_no_{event} BEFORE {event} ON ballot
WHEN EXISTS (SELECT 1 FROM agenda_item i JOIN review_session s
               ON s.community_id = i.community_id AND s.id = i.session_id
             WHERE i.community_id = {row}.community_id AND i.id = {row}.item_id AND s.state = 'closed')
BEGIN SELECT RAISE(ABORT, 'the session of this ballot is closed'); END
"""

attach(
    Ballot.__table__,
    sqlite="\n--;".join(
        _SQLITE_BALLOT.format(event=event, row=row)
        for event, row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD"))
    ),
    postgresql="""
CREATE OR REPLACE FUNCTION ballot_of_open_session() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which ballot := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF EXISTS (SELECT 1 FROM agenda_item i JOIN review_session s
               ON s.community_id = i.community_id AND s.id = i.session_id
             WHERE i.community_id = which.community_id AND i.id = which.item_id AND s.state = 'closed') THEN
    RAISE EXCEPTION 'the session of this ballot is closed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
--;
CREATE TRIGGER ballot_of_open_session BEFORE INSERT OR UPDATE OR DELETE ON ballot
FOR EACH ROW EXECUTE FUNCTION ballot_of_open_session()
""",
)
