CREATE TABLE area (
    id BIGINT NOT NULL,
    parent_id BIGINT,
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(60) NOT NULL,
    CONSTRAINT pk_area PRIMARY KEY (id),
    CONSTRAINT fk_area_parent_id FOREIGN KEY(parent_id) REFERENCES area (id)
)
--;
CREATE TABLE phone (
    phone VARCHAR(20) NOT NULL,
    community_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    CONSTRAINT pk_phone PRIMARY KEY (phone)
)
--;
CREATE TABLE code_token (
    token VARCHAR(22) NOT NULL,
    community_id BIGINT NOT NULL,
    purpose VARCHAR(10) NOT NULL,
    subject_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_code_token PRIMARY KEY (token),
    CONSTRAINT ck_code_token_purpose CHECK (purpose IN ('order', 'card', 'roll_call'))
)
--;
CREATE TABLE api_token (
    token_hash VARCHAR(64) NOT NULL,
    community_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    epoch INTEGER NOT NULL,
    device VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_token PRIMARY KEY (token_hash)
)
--;
CREATE INDEX ix_api_token_member ON api_token (community_id, member_id)
--;
CREATE TABLE attempt (
    key VARCHAR(80) NOT NULL,
    failures INTEGER NOT NULL,
    window_started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_attempt PRIMARY KEY (key)
)
--;
CREATE TABLE community (
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
    founded_at TIMESTAMP WITH TIME ZONE NOT NULL,
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
CREATE TABLE grid (
    name VARCHAR(40) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_grid PRIMARY KEY (community_id, id),
    CONSTRAINT uq_grid_community_id_name UNIQUE (community_id, name),
    CONSTRAINT fk_grid_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE household (
    number VARCHAR(20) NOT NULL,
    grid_id UUID NOT NULL,
    address VARCHAR(120),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (community_id, id),
    CONSTRAINT uq_household_community_id_number UNIQUE (community_id, number),
    CONSTRAINT fk_household_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member (
    household_id UUID NOT NULL,
    name VARCHAR(40) NOT NULL,
    relation VARCHAR(20) NOT NULL,
    gender VARCHAR(6),
    birth_year INTEGER,
    phone VARCHAR(20),
    is_party_member BOOLEAN NOT NULL,
    employer VARCHAR(60),
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_member PRIMARY KEY (community_id, id),
    CONSTRAINT ck_member_gender CHECK (gender IN ('male', 'female')),
    CONSTRAINT ck_member_birth_year CHECK (birth_year BETWEEN 1880 AND 2100),
    CONSTRAINT fk_member_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_member_household ON member (community_id, household_id)
--;
CREATE INDEX ix_member_name ON member (community_id, name)
--;
CREATE TABLE role (
    member_id UUID NOT NULL,
    role VARCHAR(16) NOT NULL,
    scope_id UUID,
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    granted_by UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (community_id, id),
    CONSTRAINT uq_role_community_id_member_id_role UNIQUE (community_id, member_id, role),
    CONSTRAINT ck_role_role CHECK (role IN ('resident', 'grid_worker', 'reviewer', 'chair', 'shop_staff', 'steward', 'supervisor', 'operator')),
    CONSTRAINT fk_role_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_role_role ON role (community_id, role)
--;
CREATE TABLE card (
    member_id UUID NOT NULL,
    version INTEGER NOT NULL,
    token VARCHAR(22) NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_card PRIMARY KEY (community_id, id),
    CONSTRAINT uq_card_community_id_member_id_version UNIQUE (community_id, member_id, version),
    CONSTRAINT fk_card_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
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
CREATE TABLE admin_act (
    act VARCHAR(30) NOT NULL,
    actor_id UUID,
    subject_id UUID,
    detail VARCHAR(300) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_admin_act PRIMARY KEY (community_id, id),
    CONSTRAINT fk_admin_act_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_admin_act_done_at ON admin_act (community_id, done_at)
--;
CREATE OR REPLACE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
--;
CREATE TRIGGER admin_act_rows_stay BEFORE UPDATE OR DELETE ON admin_act FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER admin_act_no_truncate BEFORE TRUNCATE ON admin_act FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
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
CREATE TABLE account (
    kind VARCHAR(16) NOT NULL,
    owner_id UUID NOT NULL,
    unit VARCHAR(8) NOT NULL,
    credits_posted BIGINT NOT NULL,
    debits_posted BIGINT NOT NULL,
    credits_pending BIGINT NOT NULL,
    debits_pending BIGINT NOT NULL,
    debits_must_not_exceed_credits BOOLEAN NOT NULL,
    entries BIGINT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (community_id, id),
    CONSTRAINT uq_account_community_id_kind_owner_id UNIQUE (community_id, kind, owner_id),
    CONSTRAINT ck_account_kind CHECK (kind IN ('issue', 'budget', 'household', 'member', 'shop', 'expired', 'care_pool', 'honour', 'conduct', 'minutes', 'partner')),
    CONSTRAINT ck_account_unit CHECK (unit IN ('points', 'honour', 'conduct', 'minutes')),
    CONSTRAINT ck_account_no_negative_side CHECK (credits_posted >= 0 AND debits_posted >= 0 AND credits_pending >= 0 AND debits_pending >= 0),
    CONSTRAINT ck_account_not_overdrawn CHECK (NOT debits_must_not_exceed_credits OR debits_posted + debits_pending <= credits_posted),
    CONSTRAINT fk_account_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
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
--;
CREATE TABLE transfer (
    kind VARCHAR(8) NOT NULL,
    debit_account_id UUID NOT NULL,
    credit_account_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    code VARCHAR(16) NOT NULL,
    pending_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE,
    posts_at TIMESTAMP WITH TIME ZONE,
    points_expire_on DATE,
    ref_kind VARCHAR(16),
    ref_id UUID,
    reverses_id UUID,
    done_on DATE,
    actor_id UUID,
    second_actor_id UUID,
    reason VARCHAR(500),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    effective_at TIMESTAMP WITH TIME ZONE NOT NULL,
    debit_seq BIGINT,
    credit_seq BIGINT,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_transfer PRIMARY KEY (community_id, id),
    CONSTRAINT uq_transfer_community_id_pending_id UNIQUE (community_id, pending_id),
    CONSTRAINT uq_transfer_community_id_reverses_id UNIQUE (community_id, reverses_id),
    CONSTRAINT uq_transfer_community_id_debit_account_id_debit_seq UNIQUE (community_id, debit_account_id, debit_seq),
    CONSTRAINT uq_transfer_community_id_credit_account_id_credit_seq UNIQUE (community_id, credit_account_id, credit_seq),
    CONSTRAINT ck_transfer_kind CHECK (kind IN ('posted', 'pending', 'post', 'void')),
    CONSTRAINT ck_transfer_code CHECK (code IN ('grant', 'award', 'order', 'redemption', 'cancel', 'lapse', 'annul', 'refund', 'expiry', 'gift', 'correction', 'objection', 'opening')),
    CONSTRAINT ck_transfer_two_accounts CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT ck_transfer_amount CHECK (amount > 0 OR (kind = 'post' AND amount = 0)),
    CONSTRAINT ck_transfer_resolves CHECK ((kind IN ('post', 'void')) = (pending_id IS NOT NULL)),
    CONSTRAINT ck_transfer_timed CHECK (kind = 'pending' OR (expires_at IS NULL AND posts_at IS NULL)),
    CONSTRAINT ck_transfer_one_clock CHECK (expires_at IS NULL OR posts_at IS NULL),
    CONSTRAINT ck_transfer_numbered CHECK ((kind IN ('posted', 'post')) = (debit_seq IS NOT NULL) AND (kind IN ('posted', 'post')) = (credit_seq IS NOT NULL)),
    CONSTRAINT fk_transfer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_transfer_effective ON transfer (community_id, effective_at)
--;
CREATE INDEX ix_transfer_ref ON transfer (community_id, ref_kind, ref_id)
--;
CREATE TRIGGER transfer_rows_stay BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
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
--;
CREATE TABLE open_pending (
    debit_account_id UUID NOT NULL,
    credit_account_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    code VARCHAR(16) NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    posts_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_open_pending PRIMARY KEY (community_id, id),
    CONSTRAINT ck_open_pending_amount CHECK (amount > 0),
    CONSTRAINT fk_open_pending_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_open_pending_credit ON open_pending (community_id, credit_account_id, posts_at)
--;
CREATE INDEX ix_open_pending_debit ON open_pending (community_id, debit_account_id, expires_at)
--;
CREATE INDEX ix_open_pending_expires_at ON open_pending (community_id, expires_at)
--;
CREATE INDEX ix_open_pending_posts_at ON open_pending (community_id, posts_at)
--;
CREATE TRIGGER open_pending_follows BEFORE INSERT OR DELETE ON open_pending FOR EACH ROW
WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER open_pending_keeps_its_terms
BEFORE UPDATE OF community_id, id, debit_account_id, credit_account_id, amount, code ON open_pending
FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER open_pending_no_truncate BEFORE TRUNCATE ON open_pending FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE failed_transfer (
    result VARCHAR(40) NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_failed_transfer PRIMARY KEY (community_id, id),
    CONSTRAINT fk_failed_transfer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER failed_transfer_rows_stay BEFORE UPDATE OR DELETE ON failed_transfer FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER failed_transfer_no_truncate BEFORE TRUNCATE ON failed_transfer FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE lot (
    account_id UUID NOT NULL,
    expires_on DATE NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_lot PRIMARY KEY (community_id, id),
    CONSTRAINT uq_lot_community_id_account_id_expires_on UNIQUE (community_id, account_id, expires_on),
    CONSTRAINT ck_lot_points CHECK (points >= 0),
    CONSTRAINT fk_lot_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE lot_use (
    transfer_id UUID NOT NULL,
    expires_on DATE NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_lot_use PRIMARY KEY (community_id, id),
    CONSTRAINT uq_lot_use_community_id_transfer_id_expires_on UNIQUE (community_id, transfer_id, expires_on),
    CONSTRAINT ck_lot_use_points CHECK (points > 0),
    CONSTRAINT fk_lot_use_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER lot_use_rows_stay BEFORE UPDATE OR DELETE ON lot_use FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER lot_use_no_truncate BEFORE TRUNCATE ON lot_use FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE rule_version (
    number INTEGER NOT NULL,
    adopted_by VARCHAR(80) NOT NULL,
    adopted_on DATE NOT NULL,
    in_force_from DATE NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_rule_version PRIMARY KEY (community_id, id),
    CONSTRAINT uq_rule_version_community_id_number UNIQUE (community_id, number),
    CONSTRAINT uq_rule_version_community_id_in_force_from UNIQUE (community_id, in_force_from),
    CONSTRAINT ck_rule_version_majority CHECK (votes_for > votes_against),
    CONSTRAINT fk_rule_version_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER rule_version_rows_stay BEFORE UPDATE OR DELETE ON rule_version FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER rule_version_no_truncate BEFORE TRUNCATE ON rule_version FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE rule_item (
    version_id UUID NOT NULL,
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
    CONSTRAINT pk_rule_item PRIMARY KEY (community_id, id),
    CONSTRAINT uq_rule_item_community_id_version_id_code UNIQUE (community_id, version_id, code),
    CONSTRAINT ck_rule_item_score CHECK (score IN ('redeemable', 'honour', 'conduct')),
    CONSTRAINT ck_rule_item_photo CHECK (photo IN ('none', 'optional', 'required')),
    CONSTRAINT ck_rule_item_review_path CHECK (review_path IN ('attendance', 'panel', 'panel_and_second_level')),
    CONSTRAINT ck_rule_item_cap_unit CHECK (cap_unit IN ('times', 'points')),
    CONSTRAINT ck_rule_item_cap_period CHECK (cap_period IN ('week', 'month', 'quarter', 'year', 'event')),
    CONSTRAINT ck_rule_item_range CHECK (points_min <= points_default AND points_default <= points_max),
    CONSTRAINT fk_rule_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER rule_item_rows_stay BEFORE UPDATE OR DELETE ON rule_item FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER rule_item_no_truncate BEFORE TRUNCATE ON rule_item FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
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
CREATE TABLE record (
    rule_item_id UUID NOT NULL,
    rule_code VARCHAR(12) NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID,
    reporter_id UUID NOT NULL,
    done_on DATE NOT NULL,
    quantity INTEGER NOT NULL,
    expected_points INTEGER NOT NULL,
    note VARCHAR(500) NOT NULL,
    state VARCHAR(12) NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_record PRIMARY KEY (community_id, id),
    CONSTRAINT uq_record_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_record_state CHECK (state IN ('submitted', 'on_agenda', 'decided', 'on_notice', 'posted', 'withdrawn', 'returned', 'rejected', 'objected', 'voided')),
    CONSTRAINT ck_record_quantity CHECK (quantity BETWEEN 1 AND 1000),
    CONSTRAINT fk_record_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_record_household ON record (community_id, household_id, rule_code, done_on)
--;
CREATE INDEX ix_record_reporter ON record (community_id, reporter_id, id)
--;
CREATE INDEX ix_record_state ON record (community_id, state, id)
--;
CREATE TABLE record_event (
    record_id UUID NOT NULL,
    event VARCHAR(20) NOT NULL,
    actor_id UUID,
    note VARCHAR(500) NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_record_event PRIMARY KEY (community_id, id),
    CONSTRAINT ck_record_event_event CHECK (event IN ('filed', 'put_on_agenda', 'approved', 'rejected', 'returned', 'withdrawn', 'confirmed', 'not_confirmed', 'published', 'objected', 'objection_dismissed', 'objection_upheld', 'objection_changed', 'carried_over', 'resent', 'appealed', 'appeal_dismissed', 'appeal_upheld', 'appeal_changed')),
    CONSTRAINT fk_record_event_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_record_event_record ON record_event (community_id, record_id, id)
--;
CREATE TRIGGER record_event_rows_stay BEFORE UPDATE OR DELETE ON record_event FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER record_event_no_truncate BEFORE TRUNCATE ON record_event FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE evidence (
    uploader_id UUID NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT fk_evidence_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_evidence_sha256 ON evidence (community_id, sha256)
--;
CREATE TABLE record_evidence (
    record_id UUID NOT NULL,
    evidence_id UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_record_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT uq_record_evidence_community_id_record_id_evidence_id UNIQUE (community_id, record_id, evidence_id),
    CONSTRAINT fk_record_evidence_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_record_evidence_evidence ON record_evidence (community_id, evidence_id)
--;
CREATE TABLE review_session (
    kind VARCHAR(6) NOT NULL,
    body VARCHAR(12) NOT NULL,
    lasts_minutes INTEGER NOT NULL,
    roll_size INTEGER,
    roll_hash VARCHAR(64),
    draw_seed VARCHAR(64),
    scheduled_for TIMESTAMP WITH TIME ZONE NOT NULL,
    chair_id UUID NOT NULL,
    state VARCHAR(10) NOT NULL,
    secrecy VARCHAR(8) NOT NULL,
    roll_call_token VARCHAR(22) NOT NULL,
    current_position INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    closes_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    revision INTEGER NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_review_session PRIMARY KEY (community_id, id),
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
CREATE INDEX ix_review_session_scheduled ON review_session (community_id, scheduled_for)
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
CREATE TABLE seat (
    session_id UUID NOT NULL,
    member_id UUID NOT NULL,
    attended_at TIMESTAMP WITH TIME ZONE,
    left_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_seat PRIMARY KEY (community_id, id),
    CONSTRAINT uq_seat_community_id_session_id_member_id UNIQUE (community_id, session_id, member_id),
    CONSTRAINT fk_seat_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
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
CREATE TABLE agenda_item (
    session_id UUID NOT NULL,
    record_id UUID NOT NULL,
    position INTEGER NOT NULL,
    block VARCHAR(8) NOT NULL,
    follows_id UUID,
    same_as_id UUID,
    questioned_by UUID,
    outcome VARCHAR(20),
    points INTEGER,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    recused INTEGER NOT NULL,
    present INTEGER NOT NULL,
    quorum INTEGER NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    second_level_by UUID,
    second_level_at TIMESTAMP WITH TIME ZONE,
    second_level_reason VARCHAR(500),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_agenda_item PRIMARY KEY (community_id, id),
    CONSTRAINT uq_agenda_item_community_id_session_id_record_id UNIQUE (community_id, session_id, record_id),
    CONSTRAINT uq_agenda_item_community_id_session_id_position UNIQUE (community_id, session_id, position),
    CONSTRAINT ck_agenda_item_block CHECK (block IN ('consent', 'vote')),
    CONSTRAINT ck_agenda_item_outcome CHECK (outcome IN ('approved', 'rejected', 'tied', 'not_quorate', 'needs_second_level', 'not_confirmed', 'carried_over', 'another_panel', 'duplicate')),
    CONSTRAINT fk_agenda_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_agenda_item_record ON agenda_item (community_id, record_id)
--;
CREATE TABLE recusal (
    item_id UUID NOT NULL,
    member_id UUID NOT NULL,
    reason VARCHAR(12) NOT NULL,
    voided_a_ballot BOOLEAN NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_recusal PRIMARY KEY (community_id, id),
    CONSTRAINT uq_recusal_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_recusal_reason CHECK (reason IN ('self', 'household', 'relative', 'employer', 'reporter', 'helper')),
    CONSTRAINT fk_recusal_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE ballot (
    item_id UUID NOT NULL,
    member_id UUID NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    sealed BYTEA,
    entered_by UUID,
    cast_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_ballot PRIMARY KEY (community_id, id),
    CONSTRAINT uq_ballot_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_ballot_choice CHECK (choice IN ('approve', 'reject', 'abstain', 'sealed')),
    CONSTRAINT ck_ballot_points_with_approval CHECK ((choice = 'approve') = (points IS NOT NULL)),
    CONSTRAINT ck_ballot_reason_with_rejection CHECK (choice <> 'reject' OR length(reason) > 0),
    CONSTRAINT ck_ballot_sealed CHECK (sealed IS NULL OR choice = 'sealed'),
    CONSTRAINT fk_ballot_community_id FOREIGN KEY(community_id) REFERENCES community (id)
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
CREATE TABLE notice (
    record_id UUID NOT NULL,
    item_id UUID NOT NULL,
    transfer_id UUID,
    household_id UUID NOT NULL,
    masked_name VARCHAR(40) NOT NULL,
    score VARCHAR(10) NOT NULL,
    points INTEGER NOT NULL,
    rule_code VARCHAR(12) NOT NULL,
    rule_version INTEGER NOT NULL,
    rule_zh VARCHAR(60) NOT NULL,
    rule_en VARCHAR(80) NOT NULL,
    done_on DATE NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    by_consent BOOLEAN NOT NULL,
    state VARCHAR(10) NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (community_id, id),
    CONSTRAINT uq_notice_community_id_record_id UNIQUE (community_id, record_id),
    CONSTRAINT ck_notice_state CHECK (state IN ('on_notice', 'objected', 'voided')),
    CONSTRAINT ck_notice_clock CHECK ((state = 'on_notice') = (ends_at IS NOT NULL)),
    CONSTRAINT ck_notice_no_deductions CHECK (score IN ('redeemable', 'honour')),
    CONSTRAINT fk_notice_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_notice_published ON notice (community_id, published_at, id)
--;
CREATE TABLE objection (
    kind VARCHAR(10) NOT NULL,
    record_id UUID NOT NULL,
    notice_id UUID,
    objector_id UUID NOT NULL,
    reason VARCHAR(500) NOT NULL,
    state VARCHAR(10) NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    remaining_seconds INTEGER,
    points_before INTEGER NOT NULL,
    points_after INTEGER,
    shortfall INTEGER NOT NULL,
    answer VARCHAR(500),
    answered_by UUID,
    confirmed_by UUID,
    answered_at TIMESTAMP WITH TIME ZONE,
    version INTEGER NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_objection PRIMARY KEY (community_id, id),
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
CREATE TABLE shop (
    name VARCHAR(40) NOT NULL,
    place VARCHAR(80) NOT NULL,
    hours VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (community_id, id),
    CONSTRAINT uq_shop_community_id_name UNIQUE (community_id, name),
    CONSTRAINT fk_shop_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE item (
    code VARCHAR(12) NOT NULL,
    kind VARCHAR(12) NOT NULL,
    name_zh VARCHAR(40) NOT NULL,
    name_en VARCHAR(60) NOT NULL,
    detail_zh VARCHAR(200) NOT NULL,
    detail_en VARCHAR(200) NOT NULL,
    unit_zh VARCHAR(12) NOT NULL,
    unit_en VARCHAR(20) NOT NULL,
    icon VARCHAR(40) NOT NULL,
    points INTEGER NOT NULL,
    reference_fen INTEGER NOT NULL,
    limit_count INTEGER,
    limit_period VARCHAR(8),
    is_offered BOOLEAN NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (community_id, id),
    CONSTRAINT uq_item_community_id_code UNIQUE (community_id, code),
    CONSTRAINT ck_item_kind CHECK (kind IN ('goods', 'service', 'policy', 'time credit', 'honour', 'transfer')),
    CONSTRAINT ck_item_points CHECK (points >= 0),
    CONSTRAINT ck_item_reference_fen CHECK (reference_fen >= 0),
    CONSTRAINT ck_item_limit_period CHECK (limit_period IN ('week', 'month', 'quarter', 'year')),
    CONSTRAINT ck_item_limit CHECK ((limit_count IS NULL) = (limit_period IS NULL)),
    CONSTRAINT fk_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock (
    shop_id UUID NOT NULL,
    item_id UUID NOT NULL,
    on_hand INTEGER NOT NULL,
    held INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_stock PRIMARY KEY (community_id, id),
    CONSTRAINT uq_stock_community_id_shop_id_item_id UNIQUE (community_id, shop_id, item_id),
    CONSTRAINT ck_stock_held CHECK (held >= 0 AND held <= on_hand),
    CONSTRAINT fk_stock_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_move (
    shop_id UUID NOT NULL,
    item_id UUID NOT NULL,
    move VARCHAR(12) NOT NULL,
    quantity INTEGER NOT NULL,
    actor_id UUID,
    redemption_id UUID,
    note VARCHAR(200) NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_key VARCHAR(100),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (community_id, id),
    CONSTRAINT uq_stock_move_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_stock_move_move CHECK (move IN ('received', 'handed_over', 'annulled', 'counted')),
    CONSTRAINT ck_stock_move_quantity CHECK (quantity <> 0 OR move = 'counted'),
    CONSTRAINT fk_stock_move_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_stock_move_shop ON stock_move (community_id, shop_id, moved_at)
--;
CREATE TRIGGER stock_move_rows_stay BEFORE UPDATE OR DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER stock_move_no_truncate BEFORE TRUNCATE ON stock_move FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TABLE shop_order (
    shop_id UUID NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID NOT NULL,
    wallet_id UUID NOT NULL,
    shop_account_id UUID NOT NULL,
    transfer_id UUID,
    token VARCHAR(22) NOT NULL,
    points INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_shop_order PRIMARY KEY (community_id, id),
    CONSTRAINT uq_shop_order_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT uq_shop_order_community_id_token UNIQUE (community_id, token),
    CONSTRAINT ck_shop_order_state CHECK (state IN ('placed', 'collected', 'cancelled', 'lapsed', 'annulled')),
    CONSTRAINT ck_shop_order_points CHECK (points >= 0),
    CONSTRAINT fk_shop_order_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_shop_order_household ON shop_order (community_id, household_id, placed_at)
--;
CREATE INDEX ix_shop_order_state ON shop_order (community_id, shop_id, state, expires_at)
--;
CREATE TABLE order_line (
    order_id UUID NOT NULL,
    item_id UUID NOT NULL,
    quantity INTEGER NOT NULL,
    points_each INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_order_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_order_line_community_id_order_id_item_id UNIQUE (community_id, order_id, item_id),
    CONSTRAINT ck_order_line_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT ck_order_line_points_each CHECK (points_each >= 0),
    CONSTRAINT fk_order_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE redemption (
    nonce VARCHAR(80) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    device VARCHAR(64) NOT NULL,
    shop_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    order_id UUID,
    status VARCHAR(8) NOT NULL,
    reason VARCHAR(24),
    points INTEGER NOT NULL,
    transfer_id UUID,
    is_offline BOOLEAN NOT NULL,
    force_sent BOOLEAN NOT NULL,
    forced BOOLEAN NOT NULL,
    force_reason VARCHAR(200) NOT NULL,
    answer TEXT NOT NULL,
    scanned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    annulled_at TIMESTAMP WITH TIME ZONE,
    annulled_by UUID,
    annul_transfer_id UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_redemption PRIMARY KEY (community_id, id),
    CONSTRAINT uq_redemption_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT ck_redemption_status CHECK (status IN ('ok', 'error')),
    CONSTRAINT ck_redemption_reason CHECK ((status = 'error') = (reason IS NOT NULL)),
    CONSTRAINT fk_redemption_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_redemption_order ON redemption (community_id, order_id)
--;
CREATE INDEX ix_redemption_shop ON redemption (community_id, shop_id, recorded_at)
--;
CREATE TABLE credential (
    password_hash VARCHAR(200) NOT NULL,
    must_change BOOLEAN NOT NULL,
    epoch INTEGER NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (community_id, id),
    CONSTRAINT fk_credential_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stored_answer (
    member_id UUID NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_stored_answer PRIMARY KEY (community_id, id),
    CONSTRAINT uq_stored_answer_community_id_member_id_request_key UNIQUE (community_id, member_id, request_key),
    CONSTRAINT fk_stored_answer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_follows_id FOREIGN KEY(community_id, follows_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_same_as_id FOREIGN KEY(community_id, same_as_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE agenda_item ADD CONSTRAINT fk_agenda_item_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id)
--;
ALTER TABLE ballot ADD CONSTRAINT fk_ballot_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE ballot ADD CONSTRAINT fk_ballot_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE ballot ADD CONSTRAINT fk_ballot_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE ballot_change ADD CONSTRAINT fk_ballot_change_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE ballot_change ADD CONSTRAINT fk_ballot_change_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE card ADD CONSTRAINT fk_card_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
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
ALTER TABLE credential ADD CONSTRAINT fk_credential_community_id_id FOREIGN KEY(community_id, id) REFERENCES member (community_id, id)
--;
ALTER TABLE draw_candidate ADD CONSTRAINT fk_draw_candidate_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE draw_candidate ADD CONSTRAINT fk_draw_candidate_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id)
--;
ALTER TABLE evidence ADD CONSTRAINT fk_evidence_community_id_uploader_id FOREIGN KEY(community_id, uploader_id) REFERENCES member (community_id, id)
--;
ALTER TABLE group_seat ADD CONSTRAINT fk_group_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE group_seat ADD CONSTRAINT fk_group_seat_community_id_term_id FOREIGN KEY(community_id, term_id) REFERENCES group_term (community_id, id)
--;
ALTER TABLE group_term ADD CONSTRAINT fk_group_term_community_id_by_election_of FOREIGN KEY(community_id, by_election_of) REFERENCES group_term (community_id, id)
--;
ALTER TABLE group_term ADD CONSTRAINT fk_group_term_community_id_recorded_by FOREIGN KEY(community_id, recorded_by) REFERENCES member (community_id, id)
--;
ALTER TABLE household ADD CONSTRAINT fk_household_community_id_grid_id FOREIGN KEY(community_id, grid_id) REFERENCES grid (community_id, id)
--;
ALTER TABLE lot ADD CONSTRAINT fk_lot_community_id_account_id FOREIGN KEY(community_id, account_id) REFERENCES account (community_id, id)
--;
ALTER TABLE lot_use ADD CONSTRAINT fk_lot_use_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE member ADD CONSTRAINT fk_member_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE notice ADD CONSTRAINT fk_notice_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE notice ADD CONSTRAINT fk_notice_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE notice ADD CONSTRAINT fk_notice_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE objection ADD CONSTRAINT fk_objection_community_id_notice_id FOREIGN KEY(community_id, notice_id) REFERENCES notice (community_id, id)
--;
ALTER TABLE objection ADD CONSTRAINT fk_objection_community_id_objector_id FOREIGN KEY(community_id, objector_id) REFERENCES member (community_id, id)
--;
ALTER TABLE objection ADD CONSTRAINT fk_objection_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE order_line ADD CONSTRAINT fk_order_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE order_line ADD CONSTRAINT fk_order_line_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id)
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
ALTER TABLE record ADD CONSTRAINT fk_record_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE record ADD CONSTRAINT fk_record_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE record ADD CONSTRAINT fk_record_community_id_reporter_id FOREIGN KEY(community_id, reporter_id) REFERENCES member (community_id, id)
--;
ALTER TABLE record ADD CONSTRAINT fk_record_community_id_rule_item_id FOREIGN KEY(community_id, rule_item_id) REFERENCES rule_item (community_id, id)
--;
ALTER TABLE record_event ADD CONSTRAINT fk_record_event_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE record_evidence ADD CONSTRAINT fk_record_evidence_community_id_evidence_id FOREIGN KEY(community_id, evidence_id) REFERENCES evidence (community_id, id)
--;
ALTER TABLE record_evidence ADD CONSTRAINT fk_record_evidence_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id)
--;
ALTER TABLE recusal ADD CONSTRAINT fk_recusal_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_declared_by FOREIGN KEY(community_id, declared_by) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_ended_by FOREIGN KEY(community_id, ended_by) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_member_a FOREIGN KEY(community_id, member_a) REFERENCES member (community_id, id)
--;
ALTER TABLE relation ADD CONSTRAINT fk_relation_community_id_member_b FOREIGN KEY(community_id, member_b) REFERENCES member (community_id, id)
--;
ALTER TABLE review_session ADD CONSTRAINT fk_review_session_community_id_chair_id FOREIGN KEY(community_id, chair_id) REFERENCES member (community_id, id)
--;
ALTER TABLE role ADD CONSTRAINT fk_role_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE rule_draft ADD CONSTRAINT fk_rule_draft_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id)
--;
ALTER TABLE rule_draft_item ADD CONSTRAINT fk_rule_draft_item_community_id_draft_id FOREIGN KEY(community_id, draft_id) REFERENCES rule_draft (community_id, id)
--;
ALTER TABLE rule_item ADD CONSTRAINT fk_rule_item_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id)
--;
ALTER TABLE rule_warning ADD CONSTRAINT fk_rule_warning_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id)
--;
ALTER TABLE seat ADD CONSTRAINT fk_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE seat ADD CONSTRAINT fk_seat_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id)
--;
ALTER TABLE secret_vote ADD CONSTRAINT fk_secret_vote_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id)
--;
ALTER TABLE shop_order ADD CONSTRAINT fk_shop_order_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE shop_order ADD CONSTRAINT fk_shop_order_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE shop_order ADD CONSTRAINT fk_shop_order_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE shop_order ADD CONSTRAINT fk_shop_order_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE stock ADD CONSTRAINT fk_stock_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE stock ADD CONSTRAINT fk_stock_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE stock_move ADD CONSTRAINT fk_stock_move_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE stock_move ADD CONSTRAINT fk_stock_move_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE stored_answer ADD CONSTRAINT fk_stored_answer_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_community_id_credit_account_id FOREIGN KEY(community_id, credit_account_id) REFERENCES account (community_id, id)
--;
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_community_id_debit_account_id FOREIGN KEY(community_id, debit_account_id) REFERENCES account (community_id, id)
--;
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_community_id_pending_id FOREIGN KEY(community_id, pending_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE transfer ADD CONSTRAINT fk_transfer_community_id_reverses_id FOREIGN KEY(community_id, reverses_id) REFERENCES transfer (community_id, id)
