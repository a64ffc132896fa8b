CREATE TABLE new_community (
    id BIGINT NOT NULL,
    area_id BIGINT NOT NULL,
    code VARCHAR(32) NOT NULL,
    name VARCHAR(60) NOT NULL,
    zone VARCHAR(40) NOT NULL,
    wallet_kind VARCHAR(16) NOT NULL,
    notice_days INTEGER NOT NULL,
    expiry_years INTEGER,
    order_days INTEGER NOT NULL,
    report_days INTEGER NOT NULL,
    cadence VARCHAR(12) NOT NULL,
    session_time VARCHAR(5) NOT NULL,
    session_day INTEGER NOT NULL,
    session_kind VARCHAR(6) NOT NULL,
    session_secrecy VARCHAR(6) NOT NULL,
    panel_seats INTEGER NOT NULL,
    panel_hours INTEGER NOT NULL,
    founded_at DATETIME NOT NULL,
    CONSTRAINT pk_community PRIMARY KEY (id),
    CONSTRAINT ck_community_wallet_kind CHECK (wallet_kind IN ('household', 'member')),
    CONSTRAINT ck_community_cadence CHECK (cadence IN ('daily', 'weekly', 'monthly', 'quarterly', 'ad_hoc')),
    CONSTRAINT ck_community_session_kind CHECK (session_kind IN ('live', 'panel', 'paper')),
    CONSTRAINT ck_community_session_secrecy CHECK (session_secrecy IN ('open', 'blind', 'secret')),
    CONSTRAINT ck_community_session_day CHECK (session_day BETWEEN 1 AND 31),
    CONSTRAINT ck_community_panel_seats CHECK (panel_seats BETWEEN 3 AND 50),
    CONSTRAINT ck_community_panel_hours CHECK (panel_hours BETWEEN 1 AND 720),
    CONSTRAINT ck_community_notice_days CHECK (notice_days BETWEEN 0 AND 60),
    CONSTRAINT ck_community_order_days CHECK (order_days BETWEEN 1 AND 90),
    CONSTRAINT fk_community_area_id FOREIGN KEY(area_id) REFERENCES area (id),
    CONSTRAINT uq_community_code UNIQUE (code)
)
--;
INSERT INTO new_community (id, area_id, code, name, zone, wallet_kind, notice_days, expiry_years, order_days, report_days, cadence, session_time, session_day, session_kind, session_secrecy, panel_seats, panel_hours, founded_at)
SELECT id, area_id, code, name, zone, wallet_kind, notice_days, expiry_years, order_days, report_days, cadence, session_time, 1, 'live', 'open', 5, 48, founded_at FROM community
--;
DROP TABLE community
--;
ALTER TABLE new_community RENAME TO community
--;
CREATE TABLE new_record_event (
    record_id BLOB NOT NULL,
    event VARCHAR(20) NOT NULL,
    actor_id BLOB,
    note VARCHAR(500) NOT NULL,
    happened_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_record_event PRIMARY KEY (community_id, id),
    CONSTRAINT fk_record_event_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT ck_record_event_event CHECK (event IN ('filed', 'put_on_agenda', 'approved', 'rejected', 'returned', 'withdrawn', 'confirmed', 'not_confirmed', 'published', 'objected', 'objection_dismissed', 'objection_upheld', 'objection_changed', 'carried_over', 'resent', 'appealed', 'appeal_dismissed', 'appeal_upheld', 'appeal_changed')),
    CONSTRAINT fk_record_event_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_record_event (record_id, event, actor_id, note, happened_at, community_id, id)
SELECT record_id, event, actor_id, note, happened_at, community_id, id FROM record_event
--;
DROP TABLE record_event
--;
ALTER TABLE new_record_event RENAME TO record_event
--;
CREATE TABLE new_review_session (
    kind VARCHAR(6) NOT NULL,
    body VARCHAR(12) NOT NULL,
    lasts_minutes INTEGER NOT NULL,
    roll_size INTEGER,
    roll_hash VARCHAR(64),
    draw_seed VARCHAR(64),
    scheduled_for DATETIME NOT NULL,
    chair_id BLOB NOT NULL,
    state VARCHAR(10) NOT NULL,
    secrecy VARCHAR(8) NOT NULL,
    roll_call_token VARCHAR(22) NOT NULL,
    current_position INTEGER NOT NULL,
    opened_at DATETIME,
    closes_at DATETIME,
    closed_at DATETIME,
    revision INTEGER NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_review_session PRIMARY KEY (community_id, id),
    CONSTRAINT fk_review_session_community_id_chair_id FOREIGN KEY(community_id, chair_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_review_session_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_review_session_state CHECK (state IN ('scheduled', 'open', 'closed')),
    CONSTRAINT ck_review_session_secrecy CHECK (secrecy IN ('open', 'blind', 'secret')),
    CONSTRAINT ck_review_session_kind CHECK (kind IN ('live', 'panel', 'paper')),
    CONSTRAINT ck_review_session_body CHECK (body IN ('review', 'supervision')),
    CONSTRAINT ck_review_session_panel_is_drawn CHECK ((kind = 'panel') = (draw_seed IS NOT NULL)),
    CONSTRAINT ck_review_session_lasts_minutes CHECK (lasts_minutes BETWEEN 1 AND 43200),
    CONSTRAINT fk_review_session_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_review_session (kind, body, lasts_minutes, roll_size, roll_hash, draw_seed, scheduled_for, chair_id, state, secrecy, roll_call_token, current_position, opened_at, closes_at, closed_at, revision, request_key, community_id, id)
SELECT 'live', 'review', 240, NULL, NULL, NULL, scheduled_for, chair_id, state, CASE secrecy WHEN 'secret' THEN 'blind' ELSE secrecy END, roll_call_token, current_position, opened_at, closes_at, closed_at, revision, request_key, community_id, id FROM review_session
--;
DROP TABLE review_session
--;
ALTER TABLE new_review_session RENAME TO review_session
--;
CREATE TABLE new_seat (
    session_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    attended_at DATETIME,
    left_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_seat PRIMARY KEY (community_id, id),
    CONSTRAINT fk_seat_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id),
    CONSTRAINT fk_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_seat_community_id_session_id_member_id UNIQUE (community_id, session_id, member_id),
    CONSTRAINT fk_seat_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_seat (session_id, member_id, attended_at, left_at, community_id, id)
SELECT session_id, member_id, attended_at, NULL, community_id, id FROM seat
--;
DROP TABLE seat
--;
ALTER TABLE new_seat RENAME TO seat
--;
CREATE TABLE new_agenda_item (
    session_id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    block VARCHAR(8) NOT NULL,
    follows_id BLOB,
    same_as_id BLOB,
    questioned_by BLOB,
    outcome VARCHAR(20),
    points INTEGER,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    recused INTEGER NOT NULL,
    present INTEGER NOT NULL,
    quorum INTEGER NOT NULL,
    decided_at DATETIME,
    second_level_by BLOB,
    second_level_at DATETIME,
    second_level_reason VARCHAR(500),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_agenda_item PRIMARY KEY (community_id, id),
    CONSTRAINT fk_agenda_item_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id),
    CONSTRAINT fk_agenda_item_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_agenda_item_community_id_follows_id FOREIGN KEY(community_id, follows_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_agenda_item_community_id_same_as_id FOREIGN KEY(community_id, same_as_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT uq_agenda_item_community_id_session_id_record_id UNIQUE (community_id, session_id, record_id),
    CONSTRAINT uq_agenda_item_community_id_session_id_position UNIQUE (community_id, session_id, position),
    CONSTRAINT ck_agenda_item_block CHECK (block IN ('consent', 'vote')),
    CONSTRAINT ck_agenda_item_outcome CHECK (outcome IN ('approved', 'rejected', 'tied', 'not_quorate', 'needs_second_level', 'not_confirmed', 'carried_over', 'another_panel', 'duplicate')),
    CONSTRAINT fk_agenda_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_agenda_item (session_id, record_id, position, block, follows_id, same_as_id, questioned_by, outcome, points, votes_for, votes_against, votes_abstained, recused, present, quorum, decided_at, second_level_by, second_level_at, second_level_reason, community_id, id)
SELECT session_id, record_id, position, block, NULL, NULL, questioned_by, outcome, points, votes_for, votes_against, votes_abstained, recused, present, quorum, decided_at, second_level_by, second_level_at, second_level_reason, community_id, id FROM agenda_item
--;
DROP TABLE agenda_item
--;
ALTER TABLE new_agenda_item RENAME TO agenda_item
--;
CREATE TABLE new_recusal (
    item_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    reason VARCHAR(12) NOT NULL,
    voided_a_ballot BOOLEAN NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_recusal PRIMARY KEY (community_id, id),
    CONSTRAINT fk_recusal_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT uq_recusal_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_recusal_reason CHECK (reason IN ('self', 'household', 'relative', 'employer', 'reporter', 'helper')),
    CONSTRAINT fk_recusal_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_recusal (item_id, member_id, reason, voided_a_ballot, community_id, id)
SELECT item_id, member_id, reason, 0, community_id, id FROM recusal
--;
DROP TABLE recusal
--;
ALTER TABLE new_recusal RENAME TO recusal
--;
CREATE TABLE new_ballot (
    item_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    sealed BLOB,
    entered_by BLOB,
    cast_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_ballot PRIMARY KEY (community_id, id),
    CONSTRAINT fk_ballot_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_ballot_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_ballot_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_ballot_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_ballot_choice CHECK (choice IN ('approve', 'reject', 'abstain', 'sealed')),
    CONSTRAINT ck_ballot_points_with_approval CHECK ((choice = 'approve') = (points IS NOT NULL)),
    CONSTRAINT ck_ballot_reason_with_rejection CHECK (choice <> 'reject' OR length(reason) > 0),
    CONSTRAINT ck_ballot_sealed CHECK (sealed IS NULL OR choice = 'sealed'),
    CONSTRAINT fk_ballot_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_ballot (item_id, member_id, choice, points, reason, sealed, entered_by, cast_at, community_id, id)
SELECT item_id, member_id, choice, points, reason, NULL, NULL, cast_at, community_id, id FROM ballot
--;
DROP TABLE ballot
--;
ALTER TABLE new_ballot RENAME TO ballot
--;
CREATE TABLE new_objection (
    kind VARCHAR(10) NOT NULL,
    record_id BLOB NOT NULL,
    notice_id BLOB,
    objector_id BLOB NOT NULL,
    reason VARCHAR(500) NOT NULL,
    state VARCHAR(10) NOT NULL,
    filed_at DATETIME NOT NULL,
    remaining_seconds INTEGER,
    points_before INTEGER NOT NULL,
    points_after INTEGER,
    shortfall INTEGER NOT NULL,
    answer VARCHAR(500),
    answered_by BLOB,
    confirmed_by BLOB,
    answered_at DATETIME,
    version INTEGER NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_objection PRIMARY KEY (community_id, id),
    CONSTRAINT fk_objection_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_objection_community_id_notice_id FOREIGN KEY(community_id, notice_id) REFERENCES notice (community_id, id),
    CONSTRAINT fk_objection_community_id_objector_id FOREIGN KEY(community_id, objector_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_objection_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_objection_kind CHECK (kind IN ('objection', 'appeal')),
    CONSTRAINT ck_objection_state CHECK (state IN ('open', 'upheld', 'dismissed')),
    CONSTRAINT ck_objection_clock CHECK ((kind = 'objection') = (remaining_seconds IS NOT NULL)),
    CONSTRAINT ck_objection_on_notice CHECK (kind = 'appeal' OR notice_id IS NOT NULL),
    CONSTRAINT ck_objection_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT ck_objection_in_writing CHECK (state = 'open' OR answer IS NOT NULL),
    CONSTRAINT ck_objection_upheld CHECK (state = 'open' OR (state = 'upheld') = (points_after IS NOT NULL)),
    CONSTRAINT ck_objection_two_persons CHECK (confirmed_by <> answered_by),
    CONSTRAINT ck_objection_reason CHECK (length(reason) > 0),
    CONSTRAINT fk_objection_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_objection (kind, record_id, notice_id, objector_id, reason, state, filed_at, remaining_seconds, points_before, points_after, shortfall, answer, answered_by, confirmed_by, answered_at, version, request_key, community_id, id)
SELECT 'objection', (SELECT n.record_id FROM notice n WHERE n.community_id = objection.community_id AND n.id = objection.notice_id), notice_id, objector_id, reason, state, filed_at, remaining_seconds, (SELECT n.points FROM notice n WHERE n.community_id = objection.community_id AND n.id = objection.notice_id), CASE WHEN state = 'upheld' THEN 0 END, 0, answer, answered_by, NULL, answered_at, CASE WHEN state = 'open' THEN 0 ELSE 1 END, request_key, community_id, id FROM objection
--;
DROP TABLE objection
--;
ALTER TABLE new_objection RENAME TO objection
--;
CREATE TABLE relation (
    member_a BLOB NOT NULL,
    member_b BLOB NOT NULL,
    kind VARCHAR(16) NOT NULL,
    times INTEGER NOT NULL,
    source VARCHAR(8) NOT NULL,
    declared_by BLOB,
    declared_at DATETIME NOT NULL,
    ended_at DATETIME,
    ended_by BLOB,
    ended_why VARCHAR(8),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_relation PRIMARY KEY (community_id, id),
    CONSTRAINT fk_relation_community_id_member_a FOREIGN KEY(community_id, member_a) REFERENCES member (community_id, id),
    CONSTRAINT fk_relation_community_id_member_b FOREIGN KEY(community_id, member_b) REFERENCES member (community_id, id),
    CONSTRAINT fk_relation_community_id_declared_by FOREIGN KEY(community_id, declared_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_relation_community_id_ended_by FOREIGN KEY(community_id, ended_by) REFERENCES member (community_id, id),
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
    by_election_of BLOB,
    elected_by VARCHAR(80) NOT NULL,
    elected_on DATE NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    voters INTEGER NOT NULL,
    recorded_by BLOB,
    recorded_at DATETIME NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_group_term PRIMARY KEY (community_id, id),
    CONSTRAINT fk_group_term_community_id_by_election_of FOREIGN KEY(community_id, by_election_of) REFERENCES group_term (community_id, id),
    CONSTRAINT fk_group_term_community_id_recorded_by FOREIGN KEY(community_id, recorded_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_group_term_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_group_term_kind CHECK (kind IN ('review', 'supervision')),
    CONSTRAINT ck_group_term_days CHECK (starts_on <= ends_on),
    CONSTRAINT ck_group_term_voters CHECK (voters >= 1),
    CONSTRAINT fk_group_term_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_group_term_elected_on ON group_term (community_id, kind, elected_on)
--;
CREATE TRIGGER group_term_no_update BEFORE UPDATE ON group_term
BEGIN SELECT RAISE(ABORT, 'group_term rows are never changed'); END
--;
CREATE TRIGGER group_term_no_delete BEFORE DELETE ON group_term
BEGIN SELECT RAISE(ABORT, 'group_term rows are never deleted'); END
--;
CREATE TRIGGER group_term_no_replace BEFORE INSERT ON group_term
WHEN EXISTS (SELECT 1 FROM group_term WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: group_term.community_id, group_term.id'); END
--;
CREATE TABLE group_seat (
    term_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    is_chair BOOLEAN NOT NULL,
    since DATETIME NOT NULL,
    left_at DATETIME,
    left_reason VARCHAR(12),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_group_seat PRIMARY KEY (community_id, id),
    CONSTRAINT fk_group_seat_community_id_term_id FOREIGN KEY(community_id, term_id) REFERENCES group_term (community_id, id),
    CONSTRAINT fk_group_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
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
    version_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    item_code VARCHAR(12) NOT NULL,
    code VARCHAR(30) NOT NULL,
    facts JSON NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_rule_warning PRIMARY KEY (community_id, id),
    CONSTRAINT fk_rule_warning_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id),
    CONSTRAINT uq_rule_warning_community_id_version_id_position UNIQUE (community_id, version_id, position),
    CONSTRAINT fk_rule_warning_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER rule_warning_no_update BEFORE UPDATE ON rule_warning
BEGIN SELECT RAISE(ABORT, 'rule_warning rows are never changed'); END
--;
CREATE TRIGGER rule_warning_no_delete BEFORE DELETE ON rule_warning
BEGIN SELECT RAISE(ABORT, 'rule_warning rows are never deleted'); END
--;
CREATE TRIGGER rule_warning_no_replace BEFORE INSERT ON rule_warning
WHEN EXISTS (SELECT 1 FROM rule_warning WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: rule_warning.community_id, rule_warning.id'); END
--;
CREATE TABLE rule_draft (
    state VARCHAR(8) NOT NULL,
    revision INTEGER NOT NULL,
    started_at DATETIME NOT NULL,
    started_by BLOB,
    changed_at DATETIME NOT NULL,
    version_id BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_rule_draft PRIMARY KEY (community_id, id),
    CONSTRAINT fk_rule_draft_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id),
    CONSTRAINT ck_rule_draft_state CHECK (state IN ('open', 'adopted', 'dropped')),
    CONSTRAINT fk_rule_draft_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE UNIQUE INDEX ix_rule_draft_open ON rule_draft (community_id) WHERE state = 'open'
--;
CREATE TABLE rule_draft_item (
    draft_id BLOB NOT NULL,
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
    id BLOB NOT NULL,
    CONSTRAINT pk_rule_draft_item PRIMARY KEY (community_id, id),
    CONSTRAINT fk_rule_draft_item_community_id_draft_id FOREIGN KEY(community_id, draft_id) REFERENCES rule_draft (community_id, id),
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
CREATE INDEX ix_record_event_record ON record_event (community_id, record_id, id)
--;
CREATE TRIGGER record_event_no_update BEFORE UPDATE ON record_event
BEGIN SELECT RAISE(ABORT, 'record_event rows are never changed'); END
--;
CREATE TRIGGER record_event_no_delete BEFORE DELETE ON record_event
BEGIN SELECT RAISE(ABORT, 'record_event rows are never deleted'); END
--;
CREATE TRIGGER record_event_no_replace BEFORE INSERT ON record_event
WHEN EXISTS (SELECT 1 FROM record_event WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: record_event.community_id, record_event.id'); END
--;
CREATE INDEX ix_review_session_scheduled ON review_session (community_id, scheduled_for)
--;
CREATE TRIGGER review_session_terms_stay BEFORE UPDATE ON review_session
WHEN NEW.secrecy <> OLD.secrecy OR NEW.kind <> OLD.kind OR NEW.body <> OLD.body OR NEW.draw_seed IS NOT OLD.draw_seed
  OR (OLD.roll_hash IS NOT NULL AND NEW.roll_hash IS NOT OLD.roll_hash)
BEGIN SELECT RAISE(ABORT, 'the terms of a review session are never changed'); END
--;
CREATE TRIGGER review_session_stays_closed BEFORE UPDATE ON review_session
WHEN OLD.state = 'closed' AND NEW.state <> 'closed'
BEGIN SELECT RAISE(ABORT, 'a closed review session is never opened again'); END
--;
CREATE TABLE draw_candidate (
    session_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    place INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_draw_candidate PRIMARY KEY (community_id, id),
    CONSTRAINT fk_draw_candidate_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id),
    CONSTRAINT fk_draw_candidate_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_draw_candidate_community_id_session_id_number UNIQUE (community_id, session_id, number),
    CONSTRAINT uq_draw_candidate_community_id_session_id_place UNIQUE (community_id, session_id, place),
    CONSTRAINT fk_draw_candidate_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_agenda_item_record ON agenda_item (community_id, record_id)
--;
CREATE TRIGGER ballot_no_insert BEFORE insert ON ballot
WHEN EXISTS (SELECT 1 FROM agenda_item i JOIN review_session s
               ON s.community_id = i.community_id AND s.id = i.session_id
             WHERE i.community_id = NEW.community_id AND i.id = NEW.item_id AND s.state = 'closed')
BEGIN SELECT RAISE(ABORT, 'the session of this ballot is closed'); END
--;
CREATE TRIGGER ballot_no_update BEFORE update ON ballot
WHEN EXISTS (SELECT 1 FROM agenda_item i JOIN review_session s
               ON s.community_id = i.community_id AND s.id = i.session_id
             WHERE i.community_id = OLD.community_id AND i.id = OLD.item_id AND s.state = 'closed')
BEGIN SELECT RAISE(ABORT, 'the session of this ballot is closed'); END
--;
CREATE TRIGGER ballot_no_delete BEFORE delete ON ballot
WHEN EXISTS (SELECT 1 FROM agenda_item i JOIN review_session s
               ON s.community_id = i.community_id AND s.id = i.session_id
             WHERE i.community_id = OLD.community_id AND i.id = OLD.item_id AND s.state = 'closed')
BEGIN SELECT RAISE(ABORT, 'the session of this ballot is closed'); END
--;
CREATE TABLE ballot_change (
    item_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    change VARCHAR(8) NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    changed_at DATETIME NOT NULL,
    changed_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_ballot_change PRIMARY KEY (community_id, id),
    CONSTRAINT fk_ballot_change_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_ballot_change_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT ck_ballot_change_change CHECK (change IN ('changed', 'voided')),
    CONSTRAINT fk_ballot_change_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_ballot_change_item ON ballot_change (community_id, item_id)
--;
CREATE TRIGGER ballot_change_no_update BEFORE UPDATE ON ballot_change
BEGIN SELECT RAISE(ABORT, 'ballot_change rows are never changed'); END
--;
CREATE TRIGGER ballot_change_no_delete BEFORE DELETE ON ballot_change
BEGIN SELECT RAISE(ABORT, 'ballot_change rows are never deleted'); END
--;
CREATE TRIGGER ballot_change_no_replace BEFORE INSERT ON ballot_change
WHEN EXISTS (SELECT 1 FROM ballot_change WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: ballot_change.community_id, ballot_change.id'); END
--;
CREATE TABLE secret_vote (
    item_id BLOB NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_secret_vote PRIMARY KEY (community_id, id),
    CONSTRAINT fk_secret_vote_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT ck_secret_vote_choice CHECK (choice IN ('approve', 'reject', 'abstain')),
    CONSTRAINT fk_secret_vote_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_secret_vote_item ON secret_vote (community_id, item_id)
--;
CREATE TRIGGER secret_vote_no_update BEFORE UPDATE ON secret_vote
BEGIN SELECT RAISE(ABORT, 'secret_vote rows are never changed'); END
--;
CREATE TRIGGER secret_vote_no_delete BEFORE DELETE ON secret_vote
BEGIN SELECT RAISE(ABORT, 'secret_vote rows are never deleted'); END
--;
CREATE TRIGGER secret_vote_no_replace BEFORE INSERT ON secret_vote
WHEN EXISTS (SELECT 1 FROM secret_vote WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: secret_vote.community_id, secret_vote.id'); END
--;
CREATE TABLE paper_tally (
    item_id BLOB NOT NULL,
    entered_by BLOB NOT NULL,
    entered_at DATETIME NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    scores VARCHAR(400) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_paper_tally PRIMARY KEY (community_id, id),
    CONSTRAINT fk_paper_tally_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_paper_tally_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_paper_tally_community_id_item_id_entered_by UNIQUE (community_id, item_id, entered_by),
    CONSTRAINT ck_paper_tally_counts CHECK (votes_against >= 0 AND votes_abstained >= 0),
    CONSTRAINT fk_paper_tally_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE conduct_case (
    rule_item_id BLOB NOT NULL,
    rule_code VARCHAR(12) NOT NULL,
    member_id BLOB NOT NULL,
    household_id BLOB NOT NULL,
    opener_id BLOB NOT NULL,
    done_on DATE NOT NULL,
    facts VARCHAR(500) NOT NULL,
    state VARCHAR(16) NOT NULL,
    opened_at DATETIME NOT NULL,
    informed_at DATETIME,
    letter_at DATETIME,
    earlier_id BLOB,
    record_id BLOB,
    item_id BLOB,
    points INTEGER,
    posted_at DATETIME,
    transfer_id BLOB,
    correction_id BLOB,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_conduct_case PRIMARY KEY (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_rule_item_id FOREIGN KEY(community_id, rule_item_id) REFERENCES rule_item (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_opener_id FOREIGN KEY(community_id, opener_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_earlier_id FOREIGN KEY(community_id, earlier_id) REFERENCES conduct_case (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_conduct_case_community_id_correction_id FOREIGN KEY(community_id, correction_id) REFERENCES transfer (community_id, id),
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
    case_id BLOB NOT NULL,
    event VARCHAR(20) NOT NULL,
    actor_id BLOB,
    note VARCHAR(500) NOT NULL,
    happened_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_conduct_event PRIMARY KEY (community_id, id),
    CONSTRAINT fk_conduct_event_community_id_case_id FOREIGN KEY(community_id, case_id) REFERENCES conduct_case (community_id, id),
    CONSTRAINT fk_conduct_event_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id),
    CONSTRAINT ck_conduct_event_event CHECK (event IN ('warned', 'opened', 'letter_handed_over', 'replied', 'dropped', 'filed', 'posted', 'appealed', 'appeal_upheld', 'appeal_refused')),
    CONSTRAINT fk_conduct_event_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_conduct_event_case ON conduct_event (community_id, case_id, id)
--;
CREATE TRIGGER conduct_event_no_update BEFORE UPDATE ON conduct_event
BEGIN SELECT RAISE(ABORT, 'conduct_event rows are never changed'); END
--;
CREATE TRIGGER conduct_event_no_delete BEFORE DELETE ON conduct_event
BEGIN SELECT RAISE(ABORT, 'conduct_event rows are never deleted'); END
--;
CREATE TRIGGER conduct_event_no_replace BEFORE INSERT ON conduct_event
WHEN EXISTS (SELECT 1 FROM conduct_event WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: conduct_event.community_id, conduct_event.id'); END
--;
CREATE TABLE conduct_evidence (
    case_id BLOB NOT NULL,
    evidence_id BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_conduct_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT fk_conduct_evidence_community_id_case_id FOREIGN KEY(community_id, case_id) REFERENCES conduct_case (community_id, id),
    CONSTRAINT fk_conduct_evidence_community_id_evidence_id FOREIGN KEY(community_id, evidence_id) REFERENCES evidence (community_id, id),
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
CREATE INDEX ix_objection_state ON objection (community_id, state, id)
--;
CREATE TABLE recheck_round (
    month DATE NOT NULL,
    seed VARCHAR(64) NOT NULL,
    source VARCHAR(200) NOT NULL,
    size INTEGER NOT NULL,
    count INTEGER NOT NULL,
    list_sha256 VARCHAR(64) NOT NULL,
    drawn_at DATETIME NOT NULL,
    drawn_by BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_recheck_round PRIMARY KEY (community_id, id),
    CONSTRAINT fk_recheck_round_community_id_drawn_by FOREIGN KEY(community_id, drawn_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_recheck_round_community_id_month UNIQUE (community_id, month),
    CONSTRAINT ck_recheck_round_count CHECK (count BETWEEN 1 AND size),
    CONSTRAINT fk_recheck_round_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER recheck_round_no_update BEFORE UPDATE ON recheck_round
BEGIN SELECT RAISE(ABORT, 'recheck_round rows are never changed'); END
--;
CREATE TRIGGER recheck_round_no_delete BEFORE DELETE ON recheck_round
BEGIN SELECT RAISE(ABORT, 'recheck_round rows are never deleted'); END
--;
CREATE TRIGGER recheck_round_no_replace BEFORE INSERT ON recheck_round
WHEN EXISTS (SELECT 1 FROM recheck_round WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: recheck_round.community_id, recheck_round.id'); END
--;
CREATE TABLE recheck (
    round_id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR(12) NOT NULL,
    visited_on DATE,
    visited_by BLOB,
    contact VARCHAR(500) NOT NULL,
    words VARCHAR(500) NOT NULL,
    written_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_recheck PRIMARY KEY (community_id, id),
    CONSTRAINT fk_recheck_community_id_round_id FOREIGN KEY(community_id, round_id) REFERENCES recheck_round (community_id, id),
    CONSTRAINT fk_recheck_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_recheck_community_id_visited_by FOREIGN KEY(community_id, visited_by) REFERENCES member (community_id, id),
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
    hash BLOB NOT NULL,
    commitments BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_sealed_leaf PRIMARY KEY (community_id, id),
    CONSTRAINT uq_sealed_leaf_community_id_position UNIQUE (community_id, position),
    CONSTRAINT ck_sealed_leaf_position CHECK (position >= 0),
    CONSTRAINT fk_sealed_leaf_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER sealed_leaf_no_update BEFORE UPDATE ON sealed_leaf
BEGIN SELECT RAISE(ABORT, 'sealed_leaf rows are never changed'); END
--;
CREATE TRIGGER sealed_leaf_no_delete BEFORE DELETE ON sealed_leaf
BEGIN SELECT RAISE(ABORT, 'sealed_leaf rows are never deleted'); END
--;
CREATE TRIGGER sealed_leaf_no_replace BEFORE INSERT ON sealed_leaf
WHEN EXISTS (SELECT 1 FROM sealed_leaf WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: sealed_leaf.community_id, sealed_leaf.id'); END
--;
CREATE TABLE sealed_node (
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_sealed_node PRIMARY KEY (community_id, id),
    CONSTRAINT uq_sealed_node_community_id_level_position UNIQUE (community_id, level, position),
    CONSTRAINT fk_sealed_node_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER sealed_node_no_update BEFORE UPDATE ON sealed_node
BEGIN SELECT RAISE(ABORT, 'sealed_node rows are never changed'); END
--;
CREATE TRIGGER sealed_node_no_delete BEFORE DELETE ON sealed_node
BEGIN SELECT RAISE(ABORT, 'sealed_node rows are never deleted'); END
--;
CREATE TRIGGER sealed_node_no_replace BEFORE INSERT ON sealed_node
WHEN EXISTS (SELECT 1 FROM sealed_node WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: sealed_node.community_id, sealed_node.id'); END
--;
CREATE TABLE checkpoint (
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    verifier VARCHAR(400) NOT NULL,
    sealed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_checkpoint PRIMARY KEY (community_id, id),
    CONSTRAINT uq_checkpoint_community_id_size UNIQUE (community_id, size),
    CONSTRAINT ck_checkpoint_size CHECK (size > 0),
    CONSTRAINT fk_checkpoint_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint rows are never changed'); END
--;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint rows are never deleted'); END
--;
CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: checkpoint.community_id, checkpoint.id'); END
--;
CREATE TABLE seal_salt (
    salt BLOB,
    erased_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_seal_salt PRIMARY KEY (community_id, id),
    CONSTRAINT ck_seal_salt_erased CHECK ((salt IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT fk_seal_salt_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
