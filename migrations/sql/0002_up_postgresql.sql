ALTER TABLE community ADD COLUMN session_day INTEGER
--;
ALTER TABLE community ADD COLUMN session_kind VARCHAR(6)
--;
ALTER TABLE community ADD COLUMN session_secrecy VARCHAR(6)
--;
ALTER TABLE community ADD COLUMN panel_seats INTEGER
--;
ALTER TABLE community ADD COLUMN panel_hours INTEGER
--;
UPDATE community SET session_day = 1, session_kind = 'live', session_secrecy = 'open', panel_seats = 5, panel_hours = 48
--;
ALTER TABLE community ALTER COLUMN session_day SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN session_kind SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN session_secrecy SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN panel_seats SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN panel_hours SET NOT NULL
--;
ALTER TABLE record_event DROP CONSTRAINT ck_record_event_event
--;
ALTER TABLE review_session DROP CONSTRAINT ck_review_session_secrecy
--;
ALTER TABLE review_session ADD COLUMN kind VARCHAR(6)
--;
ALTER TABLE review_session ADD COLUMN body VARCHAR(12)
--;
ALTER TABLE review_session ADD COLUMN lasts_minutes INTEGER
--;
ALTER TABLE review_session ADD COLUMN roll_size INTEGER
--;
ALTER TABLE review_session ADD COLUMN roll_hash VARCHAR(64)
--;
ALTER TABLE review_session ADD COLUMN draw_seed VARCHAR(64)
--;
UPDATE review_session SET kind = 'live', body = 'review', lasts_minutes = 240, secrecy = CASE secrecy WHEN 'secret' THEN 'blind' ELSE secrecy END
--;
ALTER TABLE review_session ALTER COLUMN kind SET NOT NULL
--;
ALTER TABLE review_session ALTER COLUMN body SET NOT NULL
--;
ALTER TABLE review_session ALTER COLUMN lasts_minutes SET NOT NULL
--;
ALTER TABLE seat ADD COLUMN left_at TIMESTAMP WITH TIME ZONE
--;
ALTER TABLE agenda_item DROP CONSTRAINT ck_agenda_item_outcome
--;
ALTER TABLE agenda_item ADD COLUMN follows_id UUID
--;
ALTER TABLE agenda_item ADD COLUMN same_as_id UUID
--;
ALTER TABLE recusal DROP CONSTRAINT ck_recusal_reason
--;
ALTER TABLE recusal ADD COLUMN voided_a_ballot BOOLEAN
--;
UPDATE recusal SET voided_a_ballot = false
--;
ALTER TABLE recusal ALTER COLUMN voided_a_ballot SET NOT NULL
--;
ALTER TABLE ballot DROP CONSTRAINT ck_ballot_choice
--;
ALTER TABLE ballot ADD COLUMN sealed BYTEA
--;
ALTER TABLE ballot ADD COLUMN entered_by UUID
--;
ALTER TABLE objection ADD COLUMN kind VARCHAR(10)
--;
ALTER TABLE objection ADD COLUMN record_id UUID
--;
ALTER TABLE objection ADD COLUMN points_before INTEGER
--;
ALTER TABLE objection ADD COLUMN points_after INTEGER
--;
ALTER TABLE objection ADD COLUMN shortfall INTEGER
--;
ALTER TABLE objection ADD COLUMN confirmed_by UUID
--;
ALTER TABLE objection ADD COLUMN version INTEGER
--;
UPDATE objection SET kind = 'objection', record_id = (SELECT n.record_id FROM notice n WHERE n.community_id = objection.community_id AND n.id = objection.notice_id), points_before = (SELECT n.points FROM notice n WHERE n.community_id = objection.community_id AND n.id = objection.notice_id), points_after = CASE WHEN state = 'upheld' THEN 0 END, shortfall = 0, version = CASE WHEN state = 'open' THEN 0 ELSE 1 END
--;
ALTER TABLE objection ALTER COLUMN kind SET NOT NULL
--;
ALTER TABLE objection ALTER COLUMN record_id SET NOT NULL
--;
ALTER TABLE objection ALTER COLUMN notice_id DROP NOT NULL
--;
ALTER TABLE objection ALTER COLUMN remaining_seconds DROP NOT NULL
--;
ALTER TABLE objection ALTER COLUMN points_before SET NOT NULL
--;
ALTER TABLE objection ALTER COLUMN shortfall SET NOT NULL
--;
ALTER TABLE objection ALTER COLUMN version SET NOT NULL
--;
DROP INDEX ix_objection_notice
--;
CREATE TABLE relation (
    member_a UUID NOT NULL,
    member_b UUID NOT NULL,
    kind VARCHAR(16) NOT NULL,
    times INTEGER NOT NULL,
    source VARCHAR(8) NOT NULL,
    declared_by UUID,
    declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by UUID,
    ended_why VARCHAR(8),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_relation PRIMARY KEY (community_id, id),
    CONSTRAINT uq_relation_community_id_member_a_member_b_kind_times UNIQUE (community_id, member_a, member_b, kind, times),
    CONSTRAINT ck_relation_kind CHECK (kind IN ('relative', 'same_employer', 'employs', 'helper')),
    CONSTRAINT ck_relation_source CHECK (source IN ('self', 'steward', 'import')),
    CONSTRAINT ck_relation_ended_why CHECK (ended_why IN ('over', 'mistake', 'left')),
    CONSTRAINT ck_relation_pair CHECK (member_a < member_b),
    CONSTRAINT ck_relation_ended CHECK ((ended_at IS NULL) = (ended_why IS NULL)),
    CONSTRAINT fk_relation_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_relation_member_b ON relation (community_id, member_b)
--;
CREATE TABLE group_term (
    kind VARCHAR(12) NOT NULL,
    by_election_of UUID,
    elected_by VARCHAR(80) NOT NULL,
    elected_on DATE NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    voters INTEGER NOT NULL,
    recorded_by UUID,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_group_term PRIMARY KEY (community_id, id),
    CONSTRAINT uq_group_term_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_group_term_kind CHECK (kind IN ('review', 'supervision')),
    CONSTRAINT ck_group_term_days CHECK (starts_on <= ends_on),
    CONSTRAINT ck_group_term_voters CHECK (voters >= 1),
    CONSTRAINT fk_group_term_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_group_term_elected_on ON group_term (community_id, kind, elected_on)
--;
CREATE TRIGGER group_term_rows_stay BEFORE UPDATE OR DELETE ON group_term FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER group_term_no_truncate BEFORE TRUNCATE ON group_term FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE group_seat (
    term_id UUID NOT NULL,
    member_id UUID NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    is_chair BOOLEAN NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    left_reason VARCHAR(12),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_group_seat PRIMARY KEY (community_id, id),
    CONSTRAINT uq_group_seat_community_id_term_id_member_id UNIQUE (community_id, term_id, member_id),
    CONSTRAINT ck_group_seat_left_reason CHECK (left_reason IN ('resigned', 'moved_away', 'died', 'recalled', 'mistake', 'leads', 'new_term')),
    CONSTRAINT ck_group_seat_votes CHECK (votes_for >= 0 AND votes_against >= 0),
    CONSTRAINT ck_group_seat_left CHECK ((left_at IS NULL) = (left_reason IS NULL)),
    CONSTRAINT fk_group_seat_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_group_seat_member ON group_seat (community_id, member_id)
--;
CREATE INDEX ix_transfer_effective ON transfer (community_id, effective_at)
--;
CREATE TABLE rule_warning (
    version_id UUID NOT NULL,
    position INTEGER NOT NULL,
    item_code VARCHAR(12) NOT NULL,
    code VARCHAR(30) NOT NULL,
    facts JSON NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_rule_warning PRIMARY KEY (community_id, id),
    CONSTRAINT uq_rule_warning_community_id_version_id_position UNIQUE (community_id, version_id, position),
    CONSTRAINT fk_rule_warning_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER rule_warning_rows_stay BEFORE UPDATE OR DELETE ON rule_warning FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER rule_warning_no_truncate BEFORE TRUNCATE ON rule_warning FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE rule_draft (
    state VARCHAR(8) NOT NULL,
    revision INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_by UUID,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version_id UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_rule_draft PRIMARY KEY (community_id, id),
    CONSTRAINT ck_rule_draft_state CHECK (state IN ('open', 'adopted', 'dropped')),
    CONSTRAINT fk_rule_draft_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE UNIQUE INDEX ix_rule_draft_open ON rule_draft (community_id) WHERE state = 'open'
--;
CREATE TABLE rule_draft_item (
    draft_id UUID NOT NULL,
    position INTEGER NOT NULL,
    code VARCHAR(12) NOT NULL,
    category_zh VARCHAR(20) NOT NULL,
    category_en VARCHAR(30) NOT NULL,
    name_zh VARCHAR(60) NOT NULL,
    name_en VARCHAR(80) NOT NULL,
    unit_zh VARCHAR(30) NOT NULL,
    unit_en VARCHAR(30) NOT NULL,
    score VARCHAR(10) NOT NULL,
    points_min INTEGER NOT NULL,
    points_default INTEGER NOT NULL,
    points_max INTEGER NOT NULL,
    cap_count INTEGER,
    cap_unit VARCHAR(8),
    cap_period VARCHAR(8),
    evidence_zh VARCHAR(120) NOT NULL,
    evidence_en VARCHAR(120) NOT NULL,
    photo VARCHAR(8) NOT NULL,
    example_zh VARCHAR(200) NOT NULL,
    example_en VARCHAR(200) NOT NULL,
    reporters VARCHAR(60) NOT NULL,
    review_path VARCHAR(24) NOT NULL,
    note_zh VARCHAR(200) NOT NULL,
    note_en VARCHAR(200) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_rule_draft_item PRIMARY KEY (community_id, id),
    CONSTRAINT uq_rule_draft_item_community_id_draft_id_code UNIQUE (community_id, draft_id, code),
    CONSTRAINT ck_rule_draft_item_score CHECK (score IN ('redeemable', 'honour', 'conduct')),
    CONSTRAINT ck_rule_draft_item_photo CHECK (photo IN ('none', 'optional', 'required')),
    CONSTRAINT ck_rule_draft_item_review_path CHECK (review_path IN ('attendance', 'panel', 'panel_and_second_level')),
    CONSTRAINT ck_rule_draft_item_cap_unit CHECK (cap_unit IN ('times', 'points')),
    CONSTRAINT ck_rule_draft_item_cap_period CHECK (cap_period IN ('week', 'month', 'quarter', 'year', 'event')),
    CONSTRAINT ck_rule_draft_item_range CHECK (points_min <= points_default AND points_default <= points_max),
    CONSTRAINT fk_rule_draft_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
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
--;
CREATE TABLE draw_candidate (
    session_id UUID NOT NULL,
    member_id UUID NOT NULL,
    number INTEGER NOT NULL,
    place INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_draw_candidate PRIMARY KEY (community_id, id),
    CONSTRAINT uq_draw_candidate_community_id_session_id_number UNIQUE (community_id, session_id, number),
    CONSTRAINT uq_draw_candidate_community_id_session_id_place UNIQUE (community_id, session_id, place),
    CONSTRAINT fk_draw_candidate_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
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
--;
CREATE TABLE ballot_change (
    item_id UUID NOT NULL,
    member_id UUID NOT NULL,
    change VARCHAR(8) NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_by UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_ballot_change PRIMARY KEY (community_id, id),
    CONSTRAINT ck_ballot_change_change CHECK (change IN ('changed', 'voided')),
    CONSTRAINT fk_ballot_change_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_ballot_change_item ON ballot_change (community_id, item_id)
--;
CREATE TRIGGER ballot_change_rows_stay BEFORE UPDATE OR DELETE ON ballot_change FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER ballot_change_no_truncate BEFORE TRUNCATE ON ballot_change FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE secret_vote (
    item_id UUID NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_secret_vote PRIMARY KEY (community_id, id),
    CONSTRAINT ck_secret_vote_choice CHECK (choice IN ('approve', 'reject', 'abstain')),
    CONSTRAINT fk_secret_vote_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_secret_vote_item ON secret_vote (community_id, item_id)
--;
CREATE TRIGGER secret_vote_rows_stay BEFORE UPDATE OR DELETE ON secret_vote FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER secret_vote_no_truncate BEFORE TRUNCATE ON secret_vote FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE paper_tally (
    item_id UUID NOT NULL,
    entered_by UUID NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    scores VARCHAR(400) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_paper_tally PRIMARY KEY (community_id, id),
    CONSTRAINT uq_paper_tally_community_id_item_id_entered_by UNIQUE (community_id, item_id, entered_by),
    CONSTRAINT ck_paper_tally_counts CHECK (votes_against >= 0 AND votes_abstained >= 0),
    CONSTRAINT fk_paper_tally_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE conduct_case (
    rule_item_id UUID NOT NULL,
    rule_code VARCHAR(12) NOT NULL,
    member_id UUID NOT NULL,
    household_id UUID NOT NULL,
    opener_id UUID NOT NULL,
    done_on DATE NOT NULL,
    facts VARCHAR(500) NOT NULL,
    state VARCHAR(16) NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    informed_at TIMESTAMP WITH TIME ZONE,
    letter_at TIMESTAMP WITH TIME ZONE,
    earlier_id UUID,
    record_id UUID,
    item_id UUID,
    points INTEGER,
    posted_at TIMESTAMP WITH TIME ZONE,
    transfer_id UUID,
    correction_id UUID,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_conduct_case PRIMARY KEY (community_id, id),
    CONSTRAINT uq_conduct_case_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT uq_conduct_case_community_id_record_id UNIQUE (community_id, record_id),
    CONSTRAINT ck_conduct_case_state CHECK (state IN ('warned', 'noticed', 'filed', 'dropped', 'posted', 'appealed', 'reversed', 'appeal_refused')),
    CONSTRAINT ck_conduct_case_facts CHECK (length(facts) > 0),
    CONSTRAINT ck_conduct_case_on_the_table CHECK ((state IN ('warned', 'noticed', 'dropped')) = (record_id IS NULL)),
    CONSTRAINT ck_conduct_case_warned_first CHECK (record_id IS NULL OR earlier_id IS NOT NULL),
    CONSTRAINT ck_conduct_case_informed_first CHECK (record_id IS NULL OR informed_at IS NOT NULL),
    CONSTRAINT ck_conduct_case_posted CHECK ((state IN ('posted', 'appealed', 'reversed', 'appeal_refused')) = (posted_at IS NOT NULL) AND (posted_at IS NULL) = (points IS NULL)),
    CONSTRAINT ck_conduct_case_points CHECK (points >= 0),
    CONSTRAINT fk_conduct_case_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_conduct_case_member ON conduct_case (community_id, member_id, rule_code)
--;
CREATE INDEX ix_conduct_case_opener ON conduct_case (community_id, opener_id, id)
--;
CREATE INDEX ix_conduct_case_state ON conduct_case (community_id, state, id)
--;
CREATE TABLE conduct_event (
    case_id UUID NOT NULL,
    event VARCHAR(20) NOT NULL,
    actor_id UUID,
    note VARCHAR(500) NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_conduct_event PRIMARY KEY (community_id, id),
    CONSTRAINT ck_conduct_event_event CHECK (event IN ('warned', 'opened', 'letter_handed_over', 'replied', 'dropped', 'filed', 'posted', 'appealed', 'appeal_upheld', 'appeal_refused')),
    CONSTRAINT fk_conduct_event_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_conduct_event_case ON conduct_event (community_id, case_id, id)
--;
CREATE TRIGGER conduct_event_rows_stay BEFORE UPDATE OR DELETE ON conduct_event FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER conduct_event_no_truncate BEFORE TRUNCATE ON conduct_event FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE conduct_evidence (
    case_id UUID NOT NULL,
    evidence_id UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_conduct_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT uq_conduct_evidence_community_id_case_id_evidence_id UNIQUE (community_id, case_id, evidence_id),
    CONSTRAINT fk_conduct_evidence_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_conduct_evidence_evidence ON conduct_evidence (community_id, evidence_id)
--;
CREATE INDEX ix_objection_filed_at ON objection (community_id, filed_at)
--;
CREATE INDEX ix_objection_record ON objection (community_id, record_id)
--;
CREATE TABLE recheck_round (
    month DATE NOT NULL,
    seed VARCHAR(64) NOT NULL,
    source VARCHAR(200) NOT NULL,
    size INTEGER NOT NULL,
    count INTEGER NOT NULL,
    list_sha256 VARCHAR(64) NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    drawn_by UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_recheck_round PRIMARY KEY (community_id, id),
    CONSTRAINT uq_recheck_round_community_id_month UNIQUE (community_id, month),
    CONSTRAINT ck_recheck_round_count CHECK (count BETWEEN 1 AND size),
    CONSTRAINT fk_recheck_round_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER recheck_round_rows_stay BEFORE UPDATE OR DELETE ON recheck_round FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER recheck_round_no_truncate BEFORE TRUNCATE ON recheck_round FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE recheck (
    round_id UUID NOT NULL,
    record_id UUID NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR(12) NOT NULL,
    visited_on DATE,
    visited_by UUID,
    contact VARCHAR(500) NOT NULL,
    words VARCHAR(500) NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_recheck PRIMARY KEY (community_id, id),
    CONSTRAINT uq_recheck_community_id_round_id_number UNIQUE (community_id, round_id, number),
    CONSTRAINT ck_recheck_state CHECK (state IN ('open', 'found_right', 'found_wrong', 'not_found')),
    CONSTRAINT ck_recheck_visited CHECK ((state = 'open') = (written_at IS NULL) AND (state = 'open') = (visited_by IS NULL) AND (state = 'open') = (visited_on IS NULL)),
    CONSTRAINT ck_recheck_words CHECK (state = 'open' OR length(words) > 0),
    CONSTRAINT fk_recheck_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_recheck_record ON recheck (community_id, record_id)
--;
CREATE TABLE sealed_leaf (
    kind VARCHAR(16) NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    commitments BYTEA NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_sealed_leaf PRIMARY KEY (community_id, id),
    CONSTRAINT uq_sealed_leaf_community_id_position UNIQUE (community_id, position),
    CONSTRAINT ck_sealed_leaf_position CHECK (position >= 0),
    CONSTRAINT fk_sealed_leaf_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER sealed_leaf_rows_stay BEFORE UPDATE OR DELETE ON sealed_leaf FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER sealed_leaf_no_truncate BEFORE TRUNCATE ON sealed_leaf FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE sealed_node (
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_sealed_node PRIMARY KEY (community_id, id),
    CONSTRAINT uq_sealed_node_community_id_level_position UNIQUE (community_id, level, position),
    CONSTRAINT fk_sealed_node_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER sealed_node_rows_stay BEFORE UPDATE OR DELETE ON sealed_node FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER sealed_node_no_truncate BEFORE TRUNCATE ON sealed_node FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE checkpoint (
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    verifier VARCHAR(400) NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (community_id, id),
    CONSTRAINT uq_checkpoint_community_id_size UNIQUE (community_id, size),
    CONSTRAINT ck_checkpoint_size CHECK (size > 0),
    CONSTRAINT fk_checkpoint_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER checkpoint_rows_stay BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE seal_salt (
    salt BYTEA,
    erased_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_seal_salt PRIMARY KEY (community_id, id),
    CONSTRAINT ck_seal_salt_erased CHECK ((salt IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT fk_seal_salt_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_follows_id FOREIGN KEY(community_id, follows_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_same_as_id FOREIGN KEY(community_id, same_as_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE ballot ADD CONSTRAINT fk_ballot_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE ballot_change ADD CONSTRAINT fk_ballot_change_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE ballot_change ADD CONSTRAINT fk_ballot_change_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_correction_id FOREIGN KEY(community_id, correction_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_earlier_id FOREIGN KEY(community_id, earlier_id) REFERENCES conduct_case (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_opener_id FOREIGN KEY(community_id, opener_id) REFERENCES member (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_rule_item_id FOREIGN KEY(community_id, rule_item_id) REFERENCES rule_item (community_id, id)
--;
ALTER TABLE conduct_case ADD CONSTRAINT fk_conduct_case_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE conduct_event ADD CONSTRAINT fk_conduct_event_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id)
--;
ALTER TABLE conduct_event ADD CONSTRAINT fk_conduct_event_community_id_case_id FOREIGN KEY(community_id, case_id) REFERENCES conduct_case (community_id, id)
--;
ALTER TABLE conduct_evidence ADD CONSTRAINT fk_conduct_evidence_community_id_case_id FOREIGN KEY(community_id, case_id) REFERENCES conduct_case (community_id, id)
--;
ALTER TABLE conduct_evidence ADD CONSTRAINT fk_conduct_evidence_community_id_evidence_id FOREIGN KEY(community_id, evidence_id) REFERENCES evidence (community_id, id)
--;
ALTER TABLE draw_candidate ADD CONSTRAINT fk_draw_candidate_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE draw_candidate ADD CONSTRAINT fk_draw_candidate_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id)
--;
ALTER TABLE group_seat ADD CONSTRAINT fk_group_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE group_seat ADD CONSTRAINT fk_group_seat_community_id_term_id FOREIGN KEY(community_id, term_id) REFERENCES group_term (community_id, id)
--;
ALTER TABLE group_term ADD CONSTRAINT fk_group_term_community_id_by_election_of FOREIGN KEY(community_id, by_election_of) REFERENCES group_term (community_id, id)
--;
ALTER TABLE group_term ADD CONSTRAINT fk_group_term_community_id_recorded_by FOREIGN KEY(community_id, recorded_by) REFERENCES member (community_id, id)
--;
ALTER TABLE objection ADD CONSTRAINT fk_objection_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE paper_tally ADD CONSTRAINT fk_paper_tally_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE paper_tally ADD CONSTRAINT fk_paper_tally_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE recheck ADD CONSTRAINT fk_recheck_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE recheck ADD CONSTRAINT fk_recheck_community_id_round_id FOREIGN KEY(community_id, round_id) REFERENCES recheck_round (community_id, id)
--;
ALTER TABLE recheck ADD CONSTRAINT fk_recheck_community_id_visited_by FOREIGN KEY(community_id, visited_by) REFERENCES member (community_id, id)
--;
ALTER TABLE recheck_round ADD CONSTRAINT fk_recheck_round_community_id_drawn_by FOREIGN KEY(community_id, drawn_by) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_declared_by FOREIGN KEY(community_id, declared_by) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_ended_by FOREIGN KEY(community_id, ended_by) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_member_a FOREIGN KEY(community_id, member_a) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_member_b FOREIGN KEY(community_id, member_b) REFERENCES member (community_id, id)
--;
ALTER TABLE rule_draft ADD CONSTRAINT fk_rule_draft_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id)
--;
ALTER TABLE rule_draft_item ADD CONSTRAINT fk_rule_draft_item_community_id_draft_id FOREIGN KEY(community_id, draft_id) REFERENCES rule_draft (community_id, id)
--;
ALTER TABLE rule_warning ADD CONSTRAINT fk_rule_warning_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id)
--;
ALTER TABLE secret_vote ADD CONSTRAINT fk_secret_vote_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE community ADD CONSTRAINT ck_community_session_kind CHECK (session_kind IN ('live', 'panel', 'paper'))
--;
ALTER TABLE community ADD CONSTRAINT ck_community_session_secrecy CHECK (session_secrecy IN ('open', 'blind', 'secret'))
--;
ALTER TABLE community ADD CONSTRAINT ck_community_session_day CHECK (session_day BETWEEN 1 AND 31)
--;
ALTER TABLE community ADD CONSTRAINT ck_community_panel_seats CHECK (panel_seats BETWEEN 3 AND 50)
--;
ALTER TABLE community ADD CONSTRAINT ck_community_panel_hours CHECK (panel_hours BETWEEN 1 AND 720)
--;
ALTER TABLE record_event ADD CONSTRAINT ck_record_event_event CHECK (event IN ('filed', 'put_on_agenda', 'approved', 'rejected', 'returned', 'withdrawn', 'confirmed', 'not_confirmed', 'published', 'objected', 'objection_dismissed', 'objection_upheld', 'objection_changed', 'carried_over', 'resent', 'appealed', 'appeal_dismissed', 'appeal_upheld', 'appeal_changed'))
--;
ALTER TABLE review_session ADD CONSTRAINT ck_review_session_secrecy CHECK (secrecy IN ('open', 'blind', 'secret'))
--;
ALTER TABLE review_session ADD CONSTRAINT ck_review_session_kind CHECK (kind IN ('live', 'panel', 'paper'))
--;
ALTER TABLE review_session ADD CONSTRAINT ck_review_session_body CHECK (body IN ('review', 'supervision'))
--;
ALTER TABLE review_session ADD CONSTRAINT ck_review_session_panel_is_drawn CHECK ((kind = 'panel') = (draw_seed IS NOT NULL))
--;
ALTER TABLE review_session ADD CONSTRAINT ck_review_session_lasts_minutes CHECK (lasts_minutes BETWEEN 1 AND 43200)
--;
ALTER TABLE agenda_item ADD CONSTRAINT ck_agenda_item_outcome CHECK (outcome IN ('approved', 'rejected', 'tied', 'not_quorate', 'needs_second_level', 'not_confirmed', 'carried_over', 'another_panel', 'duplicate'))
--;
ALTER TABLE recusal ADD CONSTRAINT ck_recusal_reason CHECK (reason IN ('self', 'household', 'relative', 'employer', 'reporter', 'helper'))
--;
ALTER TABLE ballot ADD CONSTRAINT ck_ballot_choice CHECK (choice IN ('approve', 'reject', 'abstain', 'sealed'))
--;
ALTER TABLE ballot ADD CONSTRAINT ck_ballot_sealed CHECK (sealed IS NULL OR choice = 'sealed')
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_kind CHECK (kind IN ('objection', 'appeal'))
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_clock CHECK ((kind = 'objection') = (remaining_seconds IS NOT NULL))
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_on_notice CHECK (kind = 'appeal' OR notice_id IS NOT NULL)
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_in_writing CHECK (state = 'open' OR answer IS NOT NULL)
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_upheld CHECK (state = 'open' OR (state = 'upheld') = (points_after IS NOT NULL))
--;
ALTER TABLE objection ADD CONSTRAINT ck_objection_two_persons CHECK (confirmed_by <> answered_by)
