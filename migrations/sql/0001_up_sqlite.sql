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
    member_id BLOB NOT NULL,
    CONSTRAINT pk_phone PRIMARY KEY (phone)
)
--;
CREATE TABLE code_token (
    token VARCHAR(22) NOT NULL,
    community_id BIGINT NOT NULL,
    purpose VARCHAR(10) NOT NULL,
    subject_id BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_code_token PRIMARY KEY (token),
    CONSTRAINT ck_code_token_purpose CHECK (purpose IN ('order', 'card', 'roll_call'))
)
--;
CREATE TABLE api_token (
    token_hash VARCHAR(64) NOT NULL,
    community_id BIGINT NOT NULL,
    member_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    device VARCHAR(64) NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    CONSTRAINT pk_api_token PRIMARY KEY (token_hash)
)
--;
CREATE INDEX ix_api_token_member ON api_token (community_id, member_id)
--;
CREATE TABLE attempt (
    "key" VARCHAR(80) NOT NULL,
    failures INTEGER NOT NULL,
    window_started_at DATETIME NOT NULL,
    CONSTRAINT pk_attempt PRIMARY KEY ("key")
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
    founded_at DATETIME NOT NULL,
    CONSTRAINT pk_community PRIMARY KEY (id),
    CONSTRAINT ck_community_wallet_kind CHECK (wallet_kind IN ('household', 'member')),
    CONSTRAINT ck_community_cadence CHECK (cadence IN ('daily', 'weekly', 'monthly', 'quarterly', 'ad_hoc')),
    CONSTRAINT ck_community_notice_days CHECK (notice_days BETWEEN 0 AND 60),
    CONSTRAINT ck_community_order_days CHECK (order_days BETWEEN 1 AND 90),
    CONSTRAINT fk_community_area_id FOREIGN KEY(area_id) REFERENCES area (id),
    CONSTRAINT uq_community_code UNIQUE (code)
)
--;
CREATE TABLE grid (
    name VARCHAR(40) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_grid PRIMARY KEY (community_id, id),
    CONSTRAINT uq_grid_community_id_name UNIQUE (community_id, name),
    CONSTRAINT fk_grid_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE household (
    number VARCHAR(20) NOT NULL,
    grid_id BLOB NOT NULL,
    address VARCHAR(120),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (community_id, id),
    CONSTRAINT uq_household_community_id_number UNIQUE (community_id, number),
    CONSTRAINT fk_household_community_id_grid_id FOREIGN KEY(community_id, grid_id) REFERENCES grid (community_id, id),
    CONSTRAINT fk_household_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member (
    household_id BLOB NOT NULL,
    name VARCHAR(40) NOT NULL,
    relation VARCHAR(20) NOT NULL,
    gender VARCHAR(6),
    birth_year INTEGER,
    phone VARCHAR(20),
    is_party_member BOOLEAN NOT NULL,
    employer VARCHAR(60),
    joined_at DATETIME NOT NULL,
    left_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_member PRIMARY KEY (community_id, id),
    CONSTRAINT fk_member_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
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
    member_id BLOB NOT NULL,
    role VARCHAR(16) NOT NULL,
    scope_id BLOB,
    granted_at DATETIME NOT NULL,
    granted_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (community_id, id),
    CONSTRAINT fk_role_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_role_community_id_member_id_role UNIQUE (community_id, member_id, role),
    CONSTRAINT ck_role_role CHECK (role IN ('resident', 'grid_worker', 'reviewer', 'chair', 'shop_staff', 'steward', 'supervisor', 'operator')),
    CONSTRAINT fk_role_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_role_role ON role (community_id, role)
--;
CREATE TABLE card (
    member_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    token VARCHAR(22) NOT NULL,
    issued_at DATETIME NOT NULL,
    revoked_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_card PRIMARY KEY (community_id, id),
    CONSTRAINT fk_card_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_card_community_id_member_id_version UNIQUE (community_id, member_id, version),
    CONSTRAINT fk_card_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE admin_act (
    act VARCHAR(30) NOT NULL,
    actor_id BLOB,
    subject_id BLOB,
    detail VARCHAR(300) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    done_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_admin_act PRIMARY KEY (community_id, id),
    CONSTRAINT fk_admin_act_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_admin_act_done_at ON admin_act (community_id, done_at)
--;
CREATE TRIGGER admin_act_no_update BEFORE UPDATE ON admin_act
BEGIN SELECT RAISE(ABORT, 'admin_act rows are never changed'); END
--;
CREATE TRIGGER admin_act_no_delete BEFORE DELETE ON admin_act
BEGIN SELECT RAISE(ABORT, 'admin_act rows are never deleted'); END
--;
CREATE TRIGGER admin_act_no_replace BEFORE INSERT ON admin_act
WHEN EXISTS (SELECT 1 FROM admin_act WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: admin_act.community_id, admin_act.id'); END
--;
CREATE TABLE account (
    kind VARCHAR(16) NOT NULL,
    owner_id BLOB NOT NULL,
    unit VARCHAR(8) NOT NULL,
    credits_posted BIGINT NOT NULL,
    debits_posted BIGINT NOT NULL,
    credits_pending BIGINT NOT NULL,
    debits_pending BIGINT NOT NULL,
    debits_must_not_exceed_credits BOOLEAN NOT NULL,
    entries BIGINT NOT NULL,
    opened_at DATETIME NOT NULL,
    closed_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (community_id, id),
    CONSTRAINT uq_account_community_id_kind_owner_id UNIQUE (community_id, kind, owner_id),
    CONSTRAINT ck_account_kind CHECK (kind IN ('issue', 'budget', 'household', 'member', 'shop', 'expired', 'care_pool', 'honour', 'conduct', 'minutes', 'partner')),
    CONSTRAINT ck_account_unit CHECK (unit IN ('points', 'honour', 'conduct', 'minutes')),
    CONSTRAINT ck_account_no_negative_side CHECK (credits_posted >= 0 AND debits_posted >= 0 AND credits_pending >= 0 AND debits_pending >= 0),
    CONSTRAINT ck_account_not_overdrawn CHECK (NOT debits_must_not_exceed_credits OR debits_posted + debits_pending <= credits_posted),
    CONSTRAINT fk_account_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
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
--;
CREATE TABLE transfer (
    kind VARCHAR(8) NOT NULL,
    debit_account_id BLOB NOT NULL,
    credit_account_id BLOB NOT NULL,
    amount BIGINT NOT NULL,
    code VARCHAR(16) NOT NULL,
    pending_id BLOB,
    expires_at DATETIME,
    posts_at DATETIME,
    points_expire_on DATE,
    ref_kind VARCHAR(16),
    ref_id BLOB,
    reverses_id BLOB,
    done_on DATE,
    actor_id BLOB,
    second_actor_id BLOB,
    reason VARCHAR(500),
    recorded_at DATETIME NOT NULL,
    effective_at DATETIME NOT NULL,
    debit_seq BIGINT,
    credit_seq BIGINT,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_transfer PRIMARY KEY (community_id, id),
    CONSTRAINT fk_transfer_community_id_debit_account_id FOREIGN KEY(community_id, debit_account_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_transfer_community_id_credit_account_id FOREIGN KEY(community_id, credit_account_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_transfer_community_id_pending_id FOREIGN KEY(community_id, pending_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_transfer_community_id_reverses_id FOREIGN KEY(community_id, reverses_id) REFERENCES transfer (community_id, id),
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
CREATE INDEX ix_transfer_ref ON transfer (community_id, ref_kind, ref_id)
--;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfer rows are never changed'); END
--;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfer rows are never deleted'); END
--;
CREATE TRIGGER transfer_no_replace BEFORE INSERT ON transfer
WHEN EXISTS (SELECT 1 FROM transfer WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: transfer.community_id, transfer.id'); END
--;
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
--;
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
--;
CREATE TABLE open_pending (
    debit_account_id BLOB NOT NULL,
    credit_account_id BLOB NOT NULL,
    amount BIGINT NOT NULL,
    code VARCHAR(16) NOT NULL,
    expires_at DATETIME,
    posts_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
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
--;
CREATE TABLE failed_transfer (
    result VARCHAR(40) NOT NULL,
    recorded_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_failed_transfer PRIMARY KEY (community_id, id),
    CONSTRAINT fk_failed_transfer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER failed_transfer_no_update BEFORE UPDATE ON failed_transfer
BEGIN SELECT RAISE(ABORT, 'failed_transfer rows are never changed'); END
--;
CREATE TRIGGER failed_transfer_no_delete BEFORE DELETE ON failed_transfer
BEGIN SELECT RAISE(ABORT, 'failed_transfer rows are never deleted'); END
--;
CREATE TRIGGER failed_transfer_no_replace BEFORE INSERT ON failed_transfer
WHEN EXISTS (SELECT 1 FROM failed_transfer WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: failed_transfer.community_id, failed_transfer.id'); END
--;
CREATE TABLE lot (
    account_id BLOB NOT NULL,
    expires_on DATE NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_lot PRIMARY KEY (community_id, id),
    CONSTRAINT fk_lot_community_id_account_id FOREIGN KEY(community_id, account_id) REFERENCES account (community_id, id),
    CONSTRAINT uq_lot_community_id_account_id_expires_on UNIQUE (community_id, account_id, expires_on),
    CONSTRAINT ck_lot_points CHECK (points >= 0),
    CONSTRAINT fk_lot_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE lot_use (
    transfer_id BLOB NOT NULL,
    expires_on DATE NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_lot_use PRIMARY KEY (community_id, id),
    CONSTRAINT fk_lot_use_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT uq_lot_use_community_id_transfer_id_expires_on UNIQUE (community_id, transfer_id, expires_on),
    CONSTRAINT ck_lot_use_points CHECK (points > 0),
    CONSTRAINT fk_lot_use_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER lot_use_no_update BEFORE UPDATE ON lot_use
BEGIN SELECT RAISE(ABORT, 'lot_use rows are never changed'); END
--;
CREATE TRIGGER lot_use_no_delete BEFORE DELETE ON lot_use
BEGIN SELECT RAISE(ABORT, 'lot_use rows are never deleted'); END
--;
CREATE TRIGGER lot_use_no_replace BEFORE INSERT ON lot_use
WHEN EXISTS (SELECT 1 FROM lot_use WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: lot_use.community_id, lot_use.id'); END
--;
CREATE TABLE rule_version (
    number INTEGER NOT NULL,
    adopted_by VARCHAR(80) NOT NULL,
    adopted_on DATE NOT NULL,
    in_force_from DATE NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_abstained INTEGER NOT NULL,
    recorded_at DATETIME NOT NULL,
    recorded_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_rule_version PRIMARY KEY (community_id, id),
    CONSTRAINT uq_rule_version_community_id_number UNIQUE (community_id, number),
    CONSTRAINT uq_rule_version_community_id_in_force_from UNIQUE (community_id, in_force_from),
    CONSTRAINT ck_rule_version_majority CHECK (votes_for > votes_against),
    CONSTRAINT fk_rule_version_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TRIGGER rule_version_no_update BEFORE UPDATE ON rule_version
BEGIN SELECT RAISE(ABORT, 'rule_version rows are never changed'); END
--;
CREATE TRIGGER rule_version_no_delete BEFORE DELETE ON rule_version
BEGIN SELECT RAISE(ABORT, 'rule_version rows are never deleted'); END
--;
CREATE TRIGGER rule_version_no_replace BEFORE INSERT ON rule_version
WHEN EXISTS (SELECT 1 FROM rule_version WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: rule_version.community_id, rule_version.id'); END
--;
CREATE TABLE rule_item (
    version_id BLOB NOT NULL,
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
    CONSTRAINT pk_rule_item PRIMARY KEY (community_id, id),
    CONSTRAINT fk_rule_item_community_id_version_id FOREIGN KEY(community_id, version_id) REFERENCES rule_version (community_id, id),
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
CREATE TRIGGER rule_item_no_update BEFORE UPDATE ON rule_item
BEGIN SELECT RAISE(ABORT, 'rule_item rows are never changed'); END
--;
CREATE TRIGGER rule_item_no_delete BEFORE DELETE ON rule_item
BEGIN SELECT RAISE(ABORT, 'rule_item rows are never deleted'); END
--;
CREATE TRIGGER rule_item_no_replace BEFORE INSERT ON rule_item
WHEN EXISTS (SELECT 1 FROM rule_item WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: rule_item.community_id, rule_item.id'); END
--;
CREATE TABLE record (
    rule_item_id BLOB NOT NULL,
    rule_code VARCHAR(12) NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB,
    reporter_id BLOB NOT NULL,
    done_on DATE NOT NULL,
    quantity INTEGER NOT NULL,
    expected_points INTEGER NOT NULL,
    note VARCHAR(500) NOT NULL,
    state VARCHAR(12) NOT NULL,
    filed_at DATETIME NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_record PRIMARY KEY (community_id, id),
    CONSTRAINT fk_record_community_id_rule_item_id FOREIGN KEY(community_id, rule_item_id) REFERENCES rule_item (community_id, id),
    CONSTRAINT fk_record_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_record_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_record_community_id_reporter_id FOREIGN KEY(community_id, reporter_id) REFERENCES member (community_id, id),
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
    record_id BLOB NOT NULL,
    event VARCHAR(20) NOT NULL,
    actor_id BLOB,
    note VARCHAR(500) NOT NULL,
    happened_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_record_event PRIMARY KEY (community_id, id),
    CONSTRAINT fk_record_event_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT ck_record_event_event CHECK (event IN ('filed', 'put_on_agenda', 'approved', 'rejected', 'returned', 'withdrawn', 'confirmed', 'not_confirmed', 'published', 'objected', 'objection_dismissed', 'objection_upheld', 'carried_over', 'resent')),
    CONSTRAINT fk_record_event_community_id FOREIGN KEY(community_id) REFERENCES community (id)
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
CREATE TABLE evidence (
    uploader_id BLOB NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    uploaded_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT fk_evidence_community_id_uploader_id FOREIGN KEY(community_id, uploader_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_evidence_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_evidence_sha256 ON evidence (community_id, sha256)
--;
CREATE TABLE record_evidence (
    record_id BLOB NOT NULL,
    evidence_id BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_record_evidence PRIMARY KEY (community_id, id),
    CONSTRAINT fk_record_evidence_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_record_evidence_community_id_evidence_id FOREIGN KEY(community_id, evidence_id) REFERENCES evidence (community_id, id),
    CONSTRAINT uq_record_evidence_community_id_record_id_evidence_id UNIQUE (community_id, record_id, evidence_id),
    CONSTRAINT fk_record_evidence_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_record_evidence_evidence ON record_evidence (community_id, evidence_id)
--;
CREATE TABLE review_session (
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
    CONSTRAINT ck_review_session_secrecy CHECK (secrecy IN ('open', 'secret')),
    CONSTRAINT fk_review_session_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_review_session_scheduled ON review_session (community_id, scheduled_for)
--;
CREATE TABLE seat (
    session_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    attended_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_seat PRIMARY KEY (community_id, id),
    CONSTRAINT fk_seat_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES review_session (community_id, id),
    CONSTRAINT fk_seat_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_seat_community_id_session_id_member_id UNIQUE (community_id, session_id, member_id),
    CONSTRAINT fk_seat_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE agenda_item (
    session_id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    block VARCHAR(8) NOT NULL,
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
    CONSTRAINT uq_agenda_item_community_id_session_id_record_id UNIQUE (community_id, session_id, record_id),
    CONSTRAINT uq_agenda_item_community_id_session_id_position UNIQUE (community_id, session_id, position),
    CONSTRAINT ck_agenda_item_block CHECK (block IN ('consent', 'vote')),
    CONSTRAINT ck_agenda_item_outcome CHECK (outcome IN ('approved', 'rejected', 'tied', 'not_quorate', 'needs_second_level', 'not_confirmed', 'carried_over')),
    CONSTRAINT fk_agenda_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_agenda_item_record ON agenda_item (community_id, record_id)
--;
CREATE TABLE recusal (
    item_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    reason VARCHAR(12) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_recusal PRIMARY KEY (community_id, id),
    CONSTRAINT fk_recusal_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT uq_recusal_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_recusal_reason CHECK (reason IN ('self', 'household', 'reporter')),
    CONSTRAINT fk_recusal_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE ballot (
    item_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    choice VARCHAR(8) NOT NULL,
    points INTEGER,
    reason VARCHAR(500) NOT NULL,
    cast_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_ballot PRIMARY KEY (community_id, id),
    CONSTRAINT fk_ballot_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_ballot_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_ballot_community_id_item_id_member_id UNIQUE (community_id, item_id, member_id),
    CONSTRAINT ck_ballot_choice CHECK (choice IN ('approve', 'reject', 'abstain')),
    CONSTRAINT ck_ballot_points_with_approval CHECK ((choice = 'approve') = (points IS NOT NULL)),
    CONSTRAINT ck_ballot_reason_with_rejection CHECK (choice <> 'reject' OR length(reason) > 0),
    CONSTRAINT fk_ballot_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE notice (
    record_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    transfer_id BLOB,
    household_id BLOB NOT NULL,
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
    published_at DATETIME NOT NULL,
    ends_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (community_id, id),
    CONSTRAINT fk_notice_community_id_record_id FOREIGN KEY(community_id, record_id) REFERENCES record (community_id, id),
    CONSTRAINT fk_notice_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES agenda_item (community_id, id),
    CONSTRAINT fk_notice_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
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
    notice_id BLOB NOT NULL,
    objector_id BLOB NOT NULL,
    reason VARCHAR(500) NOT NULL,
    state VARCHAR(10) NOT NULL,
    filed_at DATETIME NOT NULL,
    remaining_seconds INTEGER NOT NULL,
    answered_by BLOB,
    answered_at DATETIME,
    answer VARCHAR(500),
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_objection PRIMARY KEY (community_id, id),
    CONSTRAINT fk_objection_community_id_notice_id FOREIGN KEY(community_id, notice_id) REFERENCES notice (community_id, id),
    CONSTRAINT fk_objection_community_id_objector_id FOREIGN KEY(community_id, objector_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_objection_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_objection_state CHECK (state IN ('open', 'upheld', 'dismissed')),
    CONSTRAINT ck_objection_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT ck_objection_reason CHECK (length(reason) > 0),
    CONSTRAINT fk_objection_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_objection_notice ON objection (community_id, notice_id)
--;
CREATE INDEX ix_objection_state ON objection (community_id, state, id)
--;
CREATE TABLE shop (
    name VARCHAR(40) NOT NULL,
    place VARCHAR(80) NOT NULL,
    hours VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
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
    id BLOB NOT NULL,
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
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    on_hand INTEGER NOT NULL,
    held INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stock PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stock_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_stock_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_stock_community_id_shop_id_item_id UNIQUE (community_id, shop_id, item_id),
    CONSTRAINT ck_stock_held CHECK (held >= 0 AND held <= on_hand),
    CONSTRAINT fk_stock_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_move (
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    move VARCHAR(12) NOT NULL,
    quantity INTEGER NOT NULL,
    actor_id BLOB,
    redemption_id BLOB,
    note VARCHAR(200) NOT NULL,
    moved_at DATETIME NOT NULL,
    request_key VARCHAR(100),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stock_move_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_stock_move_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_stock_move_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_stock_move_move CHECK (move IN ('received', 'handed_over', 'annulled', 'counted')),
    CONSTRAINT ck_stock_move_quantity CHECK (quantity <> 0 OR move = 'counted'),
    CONSTRAINT fk_stock_move_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_stock_move_shop ON stock_move (community_id, shop_id, moved_at)
--;
CREATE TRIGGER stock_move_no_update BEFORE UPDATE ON stock_move
BEGIN SELECT RAISE(ABORT, 'stock_move rows are never changed'); END
--;
CREATE TRIGGER stock_move_no_delete BEFORE DELETE ON stock_move
BEGIN SELECT RAISE(ABORT, 'stock_move rows are never deleted'); END
--;
CREATE TRIGGER stock_move_no_replace BEFORE INSERT ON stock_move
WHEN EXISTS (SELECT 1 FROM stock_move WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: stock_move.community_id, stock_move.id'); END
--;
CREATE TABLE shop_order (
    shop_id BLOB NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    wallet_id BLOB NOT NULL,
    shop_account_id BLOB NOT NULL,
    transfer_id BLOB,
    token VARCHAR(22) NOT NULL,
    points INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    placed_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    ended_at DATETIME,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_shop_order PRIMARY KEY (community_id, id),
    CONSTRAINT fk_shop_order_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_shop_order_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_shop_order_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_shop_order_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
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
    order_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    points_each INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_order_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_order_line_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_order_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
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
    shop_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    order_id BLOB,
    status VARCHAR(8) NOT NULL,
    reason VARCHAR(24),
    points INTEGER NOT NULL,
    transfer_id BLOB,
    is_offline BOOLEAN NOT NULL,
    force_sent BOOLEAN NOT NULL,
    forced BOOLEAN NOT NULL,
    force_reason VARCHAR(200) NOT NULL,
    answer TEXT NOT NULL,
    scanned_at DATETIME NOT NULL,
    recorded_at DATETIME NOT NULL,
    annulled_at DATETIME,
    annulled_by BLOB,
    annul_transfer_id BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_redemption PRIMARY KEY (community_id, id),
    CONSTRAINT fk_redemption_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_redemption_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_redemption_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_redemption_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
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
    changed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (community_id, id),
    CONSTRAINT fk_credential_community_id_id FOREIGN KEY(community_id, id) REFERENCES member (community_id, id),
    CONSTRAINT fk_credential_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stored_answer (
    member_id BLOB NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    answered_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stored_answer PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stored_answer_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_stored_answer_community_id_member_id_request_key UNIQUE (community_id, member_id, request_key),
    CONSTRAINT fk_stored_answer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
