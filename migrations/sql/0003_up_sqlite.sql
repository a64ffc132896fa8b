CREATE TABLE new_code_token (
    token VARCHAR(22) NOT NULL,
    community_id BIGINT NOT NULL,
    purpose VARCHAR(10) NOT NULL,
    subject_id BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_code_token PRIMARY KEY (token),
    CONSTRAINT ck_code_token_purpose CHECK (purpose IN ('order', 'card', 'roll_call', 'shop', 'voucher', 'enrolment'))
)
--;
INSERT INTO new_code_token (token, community_id, purpose, subject_id, created_at)
SELECT token, community_id, purpose, subject_id, created_at FROM code_token
--;
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
    card_daily_cap INTEGER NOT NULL,
    confirm_above INTEGER NOT NULL,
    offline_allowance INTEGER NOT NULL,
    shop_phones_only BOOLEAN NOT NULL,
    founded_at DATETIME NOT NULL,
    CONSTRAINT pk_community PRIMARY KEY (id),
    CONSTRAINT ck_community_wallet_kind CHECK (wallet_kind IN ('household', 'member')),
    CONSTRAINT ck_community_cadence CHECK (cadence IN ('daily', 'weekly', 'monthly', 'quarterly', 'ad_hoc')),
    CONSTRAINT ck_community_session_kind CHECK (session_kind IN ('live', 'panel', 'paper')),
    CONSTRAINT ck_community_session_secrecy CHECK (session_secrecy IN ('open', 'blind', 'secret')),
    CONSTRAINT ck_community_session_day CHECK (session_day BETWEEN 1 AND 31),
    CONSTRAINT ck_community_panel_seats CHECK (panel_seats BETWEEN 3 AND 50),
    CONSTRAINT ck_community_panel_hours CHECK (panel_hours BETWEEN 1 AND 720),
    CONSTRAINT ck_community_card_daily_cap CHECK (card_daily_cap BETWEEN 0 AND 1000),
    CONSTRAINT ck_community_confirm_above CHECK (confirm_above BETWEEN 0 AND 10000),
    CONSTRAINT ck_community_offline_allowance CHECK (offline_allowance BETWEEN 0 AND 200),
    CONSTRAINT ck_community_notice_days CHECK (notice_days BETWEEN 0 AND 60),
    CONSTRAINT ck_community_order_days CHECK (order_days BETWEEN 1 AND 90),
    CONSTRAINT fk_community_area_id FOREIGN KEY(area_id) REFERENCES area (id),
    CONSTRAINT uq_community_code UNIQUE (code)
)
--;
INSERT INTO new_community (id, area_id, code, name, zone, wallet_kind, notice_days, expiry_years, order_days, report_days, cadence, session_time, session_day, session_kind, session_secrecy, panel_seats, panel_hours, card_daily_cap, confirm_above, offline_allowance, shop_phones_only, founded_at)
SELECT id, area_id, code, name, zone, wallet_kind, notice_days, expiry_years, order_days, report_days, cadence, session_time, session_day, session_kind, session_secrecy, panel_seats, panel_hours, 30, 50, 20, 0, founded_at FROM community
--;
CREATE TABLE new_transfer (
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
    CONSTRAINT ck_transfer_code CHECK (code IN ('grant', 'award', 'order', 'redemption', 'cancel', 'lapse', 'annul', 'refund', 'expiry', 'gift', 'correction', 'objection', 'opening', 'deposit', 'allowance', 'voucher')),
    CONSTRAINT ck_transfer_two_accounts CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT ck_transfer_amount CHECK (amount > 0 OR (kind = 'post' AND amount = 0)),
    CONSTRAINT ck_transfer_resolves CHECK ((kind IN ('post', 'void')) = (pending_id IS NOT NULL)),
    CONSTRAINT ck_transfer_timed CHECK (kind = 'pending' OR (expires_at IS NULL AND posts_at IS NULL)),
    CONSTRAINT ck_transfer_one_clock CHECK (expires_at IS NULL OR posts_at IS NULL),
    CONSTRAINT ck_transfer_numbered CHECK ((kind IN ('posted', 'post')) = (debit_seq IS NOT NULL) AND (kind IN ('posted', 'post')) = (credit_seq IS NOT NULL)),
    CONSTRAINT fk_transfer_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_transfer (kind, debit_account_id, credit_account_id, amount, code, pending_id, expires_at, posts_at, points_expire_on, ref_kind, ref_id, reverses_id, done_on, actor_id, second_actor_id, reason, recorded_at, effective_at, debit_seq, credit_seq, community_id, id)
SELECT kind, debit_account_id, credit_account_id, amount, code, pending_id, expires_at, posts_at, points_expire_on, ref_kind, ref_id, reverses_id, done_on, actor_id, second_actor_id, reason, recorded_at, effective_at, debit_seq, credit_seq, community_id, id FROM transfer
--;
CREATE TABLE new_shop (
    name VARCHAR(40) NOT NULL,
    place VARCHAR(80) NOT NULL,
    hours VARCHAR(80) NOT NULL,
    kind VARCHAR(8) NOT NULL,
    door VARCHAR(6) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (community_id, id),
    CONSTRAINT uq_shop_community_id_name UNIQUE (community_id, name),
    CONSTRAINT ck_shop_kind CHECK (kind IN ('shop', 'partner')),
    CONSTRAINT ck_shop_door CHECK (door IN ('hours', 'open', 'closed')),
    CONSTRAINT fk_shop_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_shop (name, place, hours, kind, door, community_id, id)
SELECT name, place, hours, 'shop', 'hours', community_id, id FROM shop
--;
CREATE TABLE new_item (
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
    is_offered BOOLEAN NOT NULL,
    barcode VARCHAR(32),
    voucher_days INTEGER,
    partner_id BLOB,
    next_points INTEGER,
    next_reference_fen INTEGER,
    next_from DATETIME,
    photo_id BLOB,
    takes_place_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (community_id, id),
    CONSTRAINT uq_item_community_id_code UNIQUE (community_id, code),
    CONSTRAINT uq_item_community_id_barcode UNIQUE (community_id, barcode),
    CONSTRAINT fk_item_community_id_partner_id FOREIGN KEY(community_id, partner_id) REFERENCES shop (community_id, id),
    CONSTRAINT ck_item_kind CHECK (kind IN ('goods', 'service', 'ticket', 'policy', 'time credit', 'loan', 'honour', 'transfer')),
    CONSTRAINT ck_item_voucher_days CHECK (voucher_days BETWEEN 1 AND 3660),
    CONSTRAINT ck_item_next_price CHECK ((next_from IS NULL) = (next_points IS NULL) AND (next_from IS NULL) = (next_reference_fen IS NULL)),
    CONSTRAINT ck_item_next_price_not_negative CHECK (next_points >= 0 AND next_reference_fen >= 0),
    CONSTRAINT ck_item_points CHECK (points >= 0),
    CONSTRAINT ck_item_reference_fen CHECK (reference_fen >= 0),
    CONSTRAINT fk_item_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_item (code, kind, name_zh, name_en, detail_zh, detail_en, unit_zh, unit_en, icon, points, reference_fen, is_offered, barcode, voucher_days, partner_id, next_points, next_reference_fen, next_from, photo_id, takes_place_at, community_id, id)
SELECT code, kind, name_zh, name_en, detail_zh, detail_en, unit_zh, unit_en, icon, points, reference_fen, is_offered, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, community_id, id FROM item
--;
CREATE TABLE new_redemption (
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
    member_id BLOB,
    device_id BLOB,
    means VARCHAR(10),
    used_mark VARCHAR(40),
    settled_at DATETIME,
    settled_by BLOB,
    settled_note VARCHAR(200),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_redemption PRIMARY KEY (community_id, id),
    CONSTRAINT fk_redemption_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_redemption_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_redemption_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_redemption_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_redemption_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_redemption_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_redemption_community_id_settled_by FOREIGN KEY(community_id, settled_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_redemption_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT uq_redemption_community_id_used_mark UNIQUE (community_id, used_mark),
    CONSTRAINT ck_redemption_status CHECK (status IN ('ok', 'error', 'conflict')),
    CONSTRAINT ck_redemption_means CHECK (means IN ('order', 'card', 'code', 'own_phone')),
    CONSTRAINT ck_redemption_reason CHECK ((status <> 'ok') = (reason IS NOT NULL)),
    CONSTRAINT fk_redemption_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_redemption (nonce, fingerprint, device, shop_id, staff_id, order_id, status, reason, points, transfer_id, is_offline, force_sent, forced, force_reason, answer, scanned_at, recorded_at, annulled_at, annulled_by, annul_transfer_id, member_id, device_id, means, used_mark, settled_at, settled_by, settled_note, community_id, id)
SELECT nonce, fingerprint, device, shop_id, staff_id, order_id, status, reason, points, transfer_id, is_offline, force_sent, forced, force_reason, answer, scanned_at, recorded_at, annulled_at, annulled_by, annul_transfer_id, (SELECT o.member_id FROM shop_order o WHERE o.community_id = redemption.community_id AND o.id = redemption.order_id), NULL, NULL, NULL, NULL, NULL, NULL, community_id, id FROM redemption
--;
CREATE TABLE new_shop_order (
    shop_id BLOB NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    wallet_id BLOB NOT NULL,
    shop_account_id BLOB NOT NULL,
    transfer_id BLOB,
    way VARCHAR(8) NOT NULL,
    token VARCHAR(22),
    points INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL,
    placed_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    ended_at DATETIME,
    request_key VARCHAR(80) NOT NULL,
    prepared_at DATETIME,
    prepared_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_shop_order PRIMARY KEY (community_id, id),
    CONSTRAINT fk_shop_order_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_shop_order_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_shop_order_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_shop_order_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_shop_order_community_id_prepared_by FOREIGN KEY(community_id, prepared_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_shop_order_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT uq_shop_order_community_id_token UNIQUE (community_id, token),
    CONSTRAINT ck_shop_order_state CHECK (state IN ('placed', 'collected', 'cancelled', 'lapsed', 'annulled')),
    CONSTRAINT ck_shop_order_way CHECK (way IN ('ahead', 'counter')),
    CONSTRAINT ck_shop_order_token CHECK ((way = 'ahead') = (token IS NOT NULL)),
    CONSTRAINT ck_shop_order_points CHECK (points >= 0),
    CONSTRAINT fk_shop_order_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_shop_order (shop_id, household_id, member_id, wallet_id, shop_account_id, transfer_id, way, token, points, state, placed_at, expires_at, ended_at, request_key, prepared_at, prepared_by, community_id, id)
SELECT shop_id, household_id, member_id, wallet_id, shop_account_id, transfer_id, 'ahead', token, points, state, placed_at, expires_at, ended_at, request_key, NULL, NULL, community_id, id FROM shop_order
--;
CREATE TABLE new_stock (
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    on_hand INTEGER NOT NULL,
    held INTEGER NOT NULL,
    is_sold BOOLEAN NOT NULL,
    low_at INTEGER,
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
INSERT INTO new_stock (shop_id, item_id, on_hand, held, is_sold, low_at, community_id, id)
SELECT shop_id, item_id, on_hand, held, 1, NULL, community_id, id FROM stock
--;
CREATE TABLE new_stock_move (
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    move VARCHAR(12) NOT NULL,
    quantity INTEGER NOT NULL,
    actor_id BLOB,
    second_actor_id BLOB,
    redemption_id BLOB,
    delivery_id BLOB,
    note VARCHAR(200) NOT NULL,
    moved_at DATETIME NOT NULL,
    request_key VARCHAR(100),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stock_move PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stock_move_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_stock_move_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_stock_move_community_id_delivery_id FOREIGN KEY(community_id, delivery_id) REFERENCES delivery (community_id, id),
    CONSTRAINT uq_stock_move_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_stock_move_move CHECK (move IN ('received', 'handed_over', 'annulled', 'refunded', 'counted', 'spoiled', 'expired', 'sent', 'arrived', 'lent', 'brought_back', 'places')),
    CONSTRAINT ck_stock_move_quantity CHECK (quantity <> 0 OR move = 'counted'),
    CONSTRAINT fk_stock_move_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO new_stock_move (shop_id, item_id, move, quantity, actor_id, second_actor_id, redemption_id, delivery_id, note, moved_at, request_key, community_id, id)
SELECT shop_id, item_id, move, quantity, actor_id, NULL, redemption_id, NULL, note, moved_at, request_key, community_id, id FROM stock_move
--;
CREATE TABLE care_entry (
    member_id BLOB NOT NULL,
    why VARCHAR(12) NOT NULL,
    proposed_by BLOB,
    proposed_at DATETIME,
    confirmed_by BLOB,
    expires_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_care_entry PRIMARY KEY (community_id, id),
    CONSTRAINT fk_care_entry_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_care_entry_community_id_proposed_by FOREIGN KEY(community_id, proposed_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_care_entry_community_id_confirmed_by FOREIGN KEY(community_id, confirmed_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_care_entry_community_id_member_id UNIQUE (community_id, member_id),
    CONSTRAINT ck_care_entry_why CHECK (why IN ('elder_alone', 'illness', 'disability', 'hardship', 'other')),
    CONSTRAINT ck_care_entry_proposed CHECK ((proposed_by IS NULL) = (proposed_at IS NULL)),
    CONSTRAINT ck_care_entry_confirmed CHECK ((confirmed_by IS NULL) = (expires_at IS NULL)),
    CONSTRAINT ck_care_entry_someone CHECK (proposed_by IS NOT NULL OR confirmed_by IS NOT NULL),
    CONSTRAINT fk_care_entry_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE opening (
    shop_id BLOB NOT NULL,
    rule VARCHAR(200) NOT NULL,
    opens_at VARCHAR(5) NOT NULL,
    closes_at VARCHAR(5) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_opening PRIMARY KEY (community_id, id),
    CONSTRAINT fk_opening_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT ck_opening_times CHECK (opens_at < closes_at),
    CONSTRAINT fk_opening_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE item_limit (
    item_id BLOB NOT NULL,
    whose VARCHAR(9) NOT NULL,
    period VARCHAR(8) NOT NULL,
    pieces INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_item_limit PRIMARY KEY (community_id, id),
    CONSTRAINT fk_item_limit_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_item_limit_community_id_item_id_whose_period UNIQUE (community_id, item_id, whose, period),
    CONSTRAINT ck_item_limit_whose CHECK (whose IN ('person', 'household')),
    CONSTRAINT ck_item_limit_period CHECK (period IN ('day', 'week', 'month', 'quarter', 'year')),
    CONSTRAINT ck_item_limit_pieces CHECK (pieces > 0),
    CONSTRAINT fk_item_limit_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE item_price (
    item_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    reference_fen INTEGER NOT NULL,
    valid_from DATETIME NOT NULL,
    announced_at DATETIME NOT NULL,
    actor_id BLOB,
    reason VARCHAR(300) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_item_price PRIMARY KEY (community_id, id),
    CONSTRAINT fk_item_price_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_item_price_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id),
    CONSTRAINT ck_item_price_not_negative CHECK (points >= 0 AND reference_fen >= 0),
    CONSTRAINT fk_item_price_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE till_request (
    shop_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    device VARCHAR(64) NOT NULL,
    device_id BLOB,
    nonce VARCHAR(80) NOT NULL,
    number INTEGER NOT NULL,
    lines TEXT NOT NULL,
    points INTEGER NOT NULL,
    member_id BLOB,
    asked_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    declined_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_till_request PRIMARY KEY (community_id, id),
    CONSTRAINT fk_till_request_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_till_request_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_till_request_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_till_request_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_till_request_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT ck_till_request_number CHECK (number BETWEEN 100 AND 999),
    CONSTRAINT fk_till_request_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE refund (
    redemption_id BLOB NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    points INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    actor_id BLOB NOT NULL,
    refunded_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (community_id, id),
    CONSTRAINT fk_refund_community_id_redemption_id FOREIGN KEY(community_id, redemption_id) REFERENCES redemption (community_id, id),
    CONSTRAINT fk_refund_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_refund_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_refund_points CHECK (points >= 0),
    CONSTRAINT fk_refund_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE refund_line (
    refund_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    to_shelf BOOLEAN NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_refund_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_refund_line_community_id_refund_id FOREIGN KEY(community_id, refund_id) REFERENCES refund (community_id, id),
    CONSTRAINT fk_refund_line_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_refund_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_refund_line_community_id_refund_id_item_id UNIQUE (community_id, refund_id, item_id),
    CONSTRAINT ck_refund_line_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT fk_refund_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE order_move (
    order_id BLOB NOT NULL,
    from_shop_id BLOB NOT NULL,
    to_shop_id BLOB NOT NULL,
    actor_id BLOB NOT NULL,
    was_prepared BOOLEAN NOT NULL,
    moved_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_order_move PRIMARY KEY (community_id, id),
    CONSTRAINT fk_order_move_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_order_move_community_id_from_shop_id FOREIGN KEY(community_id, from_shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_order_move_community_id_to_shop_id FOREIGN KEY(community_id, to_shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_order_move_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id),
    CONSTRAINT ck_order_move_two_shops CHECK (from_shop_id <> to_shop_id),
    CONSTRAINT fk_order_move_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE basket_line (
    member_id BLOB NOT NULL,
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    points_seen INTEGER NOT NULL,
    added_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_basket_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_basket_line_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_basket_line_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_basket_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_basket_line_community_id_member_id_shop_id_item_id UNIQUE (community_id, member_id, shop_id, item_id),
    CONSTRAINT ck_basket_line_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT ck_basket_line_points_seen CHECK (points_seen >= 0),
    CONSTRAINT fk_basket_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member_key (
    member_id BLOB NOT NULL,
    handle VARCHAR(7) NOT NULL,
    made_at DATETIME NOT NULL,
    revoked_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_member_key PRIMARY KEY (community_id, id),
    CONSTRAINT fk_member_key_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_member_key_community_id_handle UNIQUE (community_id, handle),
    CONSTRAINT ck_member_key_handle CHECK (length(handle) = 7),
    CONSTRAINT fk_member_key_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member_pin (
    pin_mark VARCHAR(64) NOT NULL,
    failures INTEGER NOT NULL,
    locked_at DATETIME,
    set_at DATETIME NOT NULL,
    set_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_member_pin PRIMARY KEY (community_id, id),
    CONSTRAINT fk_member_pin_community_id_id FOREIGN KEY(community_id, id) REFERENCES member (community_id, id),
    CONSTRAINT fk_member_pin_community_id_set_by FOREIGN KEY(community_id, set_by) REFERENCES member (community_id, id),
    CONSTRAINT ck_member_pin_failures CHECK (failures BETWEEN 0 AND 5),
    CONSTRAINT fk_member_pin_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE shop_code (
    shop_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    token VARCHAR(22) NOT NULL,
    issued_at DATETIME NOT NULL,
    revoked_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_shop_code PRIMARY KEY (community_id, id),
    CONSTRAINT fk_shop_code_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT uq_shop_code_community_id_shop_id_version UNIQUE (community_id, shop_id, version),
    CONSTRAINT uq_shop_code_community_id_token UNIQUE (community_id, token),
    CONSTRAINT fk_shop_code_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE voucher (
    order_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    piece INTEGER NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    token VARCHAR(22) NOT NULL,
    quantity INTEGER NOT NULL,
    points INTEGER NOT NULL,
    fen INTEGER NOT NULL,
    sold_by BLOB NOT NULL,
    partner_id BLOB,
    state VARCHAR(8) NOT NULL,
    issued_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    extended_at DATETIME,
    used_at DATETIME,
    used_by BLOB,
    shop_id BLOB,
    use_key VARCHAR(80),
    use_note VARCHAR(60) NOT NULL,
    transfer_id BLOB,
    annulled_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_voucher PRIMARY KEY (community_id, id),
    CONSTRAINT fk_voucher_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id),
    CONSTRAINT fk_voucher_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_voucher_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_voucher_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_voucher_community_id_sold_by FOREIGN KEY(community_id, sold_by) REFERENCES shop (community_id, id),
    CONSTRAINT fk_voucher_community_id_partner_id FOREIGN KEY(community_id, partner_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_voucher_community_id_used_by FOREIGN KEY(community_id, used_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_voucher_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_voucher_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT uq_voucher_community_id_token UNIQUE (community_id, token),
    CONSTRAINT uq_voucher_community_id_use_key UNIQUE (community_id, use_key),
    CONSTRAINT uq_voucher_community_id_order_id_item_id_piece UNIQUE (community_id, order_id, item_id, piece),
    CONSTRAINT ck_voucher_state CHECK (state IN ('issued', 'used', 'annulled')),
    CONSTRAINT ck_voucher_points CHECK (points >= 0 AND fen >= 0),
    CONSTRAINT ck_voucher_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_voucher_used CHECK ((state = 'used') = (used_at IS NOT NULL) AND (used_at IS NULL) = (shop_id IS NULL) AND (used_at IS NULL) = (use_key IS NULL)),
    CONSTRAINT ck_voucher_annulled CHECK ((state = 'annulled') = (annulled_at IS NOT NULL)),
    CONSTRAINT fk_voucher_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE gift (
    from_member_id BLOB NOT NULL,
    from_wallet_id BLOB NOT NULL,
    to_member_id BLOB,
    to_wallet_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    note VARCHAR(60) NOT NULL,
    transfer_id BLOB NOT NULL,
    given_at DATETIME NOT NULL,
    thanked_at DATETIME,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_gift PRIMARY KEY (community_id, id),
    CONSTRAINT fk_gift_community_id_from_member_id FOREIGN KEY(community_id, from_member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_gift_community_id_from_wallet_id FOREIGN KEY(community_id, from_wallet_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_gift_community_id_to_member_id FOREIGN KEY(community_id, to_member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_gift_community_id_to_wallet_id FOREIGN KEY(community_id, to_wallet_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_gift_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT uq_gift_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_gift_points CHECK (points > 0),
    CONSTRAINT ck_gift_two_wallets CHECK (from_wallet_id <> to_wallet_id),
    CONSTRAINT fk_gift_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE wish (
    member_id BLOB NOT NULL,
    text VARCHAR(60) NOT NULL,
    created_at DATETIME NOT NULL,
    state VARCHAR(8) NOT NULL,
    answer VARCHAR(200) NOT NULL,
    answered_by BLOB,
    answered_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_wish PRIMARY KEY (community_id, id),
    CONSTRAINT fk_wish_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_wish_community_id_answered_by FOREIGN KEY(community_id, answered_by) REFERENCES member (community_id, id),
    CONSTRAINT ck_wish_state CHECK (state IN ('open', 'coming', 'done', 'declined')),
    CONSTRAINT ck_wish_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT fk_wish_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE wish_backing (
    wish_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    backed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_wish_backing PRIMARY KEY (community_id, id),
    CONSTRAINT fk_wish_backing_community_id_wish_id FOREIGN KEY(community_id, wish_id) REFERENCES wish (community_id, id),
    CONSTRAINT fk_wish_backing_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_wish_backing_community_id_wish_id_member_id UNIQUE (community_id, wish_id, member_id),
    CONSTRAINT fk_wish_backing_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE donor (
    name VARCHAR(60) NOT NULL,
    kind VARCHAR(12) NOT NULL,
    is_public BOOLEAN NOT NULL,
    added_at DATETIME NOT NULL,
    added_by BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_donor PRIMARY KEY (community_id, id),
    CONSTRAINT fk_donor_community_id_added_by FOREIGN KEY(community_id, added_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_donor_community_id_name UNIQUE (community_id, name),
    CONSTRAINT ck_donor_kind CHECK (kind IN ('person', 'company', 'organisation')),
    CONSTRAINT fk_donor_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE delivery (
    number INTEGER NOT NULL,
    shop_id BLOB NOT NULL,
    source VARCHAR(16) NOT NULL,
    from_shop_id BLOB,
    donor_id BLOB,
    wish VARCHAR(200) NOT NULL,
    note VARCHAR(200) NOT NULL,
    state VARCHAR(10) NOT NULL,
    entered_by BLOB NOT NULL,
    entered_at DATETIME NOT NULL,
    confirmed_by BLOB,
    confirmed_at DATETIME,
    reject_reason VARCHAR(200) NOT NULL,
    request_key VARCHAR(100) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (community_id, id),
    CONSTRAINT fk_delivery_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_delivery_community_id_from_shop_id FOREIGN KEY(community_id, from_shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_delivery_community_id_donor_id FOREIGN KEY(community_id, donor_id) REFERENCES donor (community_id, id),
    CONSTRAINT fk_delivery_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_delivery_community_id_confirmed_by FOREIGN KEY(community_id, confirmed_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_delivery_community_id_number UNIQUE (community_id, number),
    CONSTRAINT uq_delivery_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_delivery_source CHECK (source IN ('bought', 'donated', 'charity_field', 'transfer', 'other')),
    CONSTRAINT ck_delivery_state CHECK (state IN ('entered', 'confirmed', 'rejected')),
    CONSTRAINT ck_delivery_from_shop CHECK ((source = 'transfer') = (from_shop_id IS NOT NULL)),
    CONSTRAINT ck_delivery_two_shops CHECK (from_shop_id <> shop_id),
    CONSTRAINT ck_delivery_donor CHECK ((source = 'donated') = (donor_id IS NOT NULL)),
    CONSTRAINT ck_delivery_two_persons CHECK (confirmed_by <> entered_by OR state = 'rejected'),
    CONSTRAINT ck_delivery_state_confirmed CHECK ((state = 'entered') = (confirmed_by IS NULL)),
    CONSTRAINT ck_delivery_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT fk_delivery_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE delivery_line (
    delivery_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    cost_fen INTEGER NOT NULL,
    best_before DATE,
    arrived INTEGER,
    reason VARCHAR(200) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_delivery_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_delivery_line_community_id_delivery_id FOREIGN KEY(community_id, delivery_id) REFERENCES delivery (community_id, id),
    CONSTRAINT fk_delivery_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_delivery_line_community_id_delivery_id_item_id UNIQUE (community_id, delivery_id, item_id),
    CONSTRAINT ck_delivery_line_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_delivery_line_cost_fen CHECK (cost_fen >= 0),
    CONSTRAINT ck_delivery_line_arrived CHECK (arrived >= 0),
    CONSTRAINT fk_delivery_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_take (
    shop_id BLOB NOT NULL,
    state VARCHAR(8) NOT NULL,
    begun_by BLOB NOT NULL,
    begun_at DATETIME NOT NULL,
    finished_by BLOB,
    finished_at DATETIME,
    signed_by BLOB,
    closed_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stock_take PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stock_take_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_stock_take_community_id_begun_by FOREIGN KEY(community_id, begun_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_stock_take_community_id_finished_by FOREIGN KEY(community_id, finished_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_stock_take_community_id_signed_by FOREIGN KEY(community_id, signed_by) REFERENCES member (community_id, id),
    CONSTRAINT ck_stock_take_state CHECK (state IN ('open', 'counted', 'closed')),
    CONSTRAINT ck_stock_take_two_persons CHECK (signed_by <> finished_by),
    CONSTRAINT ck_stock_take_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT ck_stock_take_finished CHECK ((state = 'open') = (finished_by IS NULL)),
    CONSTRAINT fk_stock_take_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_take_line (
    take_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    counted INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    counted_by BLOB NOT NULL,
    counted_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_stock_take_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_stock_take_line_community_id_take_id FOREIGN KEY(community_id, take_id) REFERENCES stock_take (community_id, id),
    CONSTRAINT fk_stock_take_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_stock_take_line_community_id_counted_by FOREIGN KEY(community_id, counted_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_stock_take_line_community_id_take_id_item_id UNIQUE (community_id, take_id, item_id),
    CONSTRAINT ck_stock_take_line_counted CHECK (counted >= 0),
    CONSTRAINT fk_stock_take_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE write_off (
    shop_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    move VARCHAR(12) NOT NULL,
    quantity INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    state VARCHAR(10) NOT NULL,
    entered_by BLOB NOT NULL,
    entered_at DATETIME NOT NULL,
    signed_by BLOB,
    signed_at DATETIME,
    request_key VARCHAR(100) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_write_off PRIMARY KEY (community_id, id),
    CONSTRAINT fk_write_off_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_write_off_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_write_off_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_write_off_community_id_signed_by FOREIGN KEY(community_id, signed_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_write_off_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_write_off_move CHECK (move IN ('spoiled', 'expired')),
    CONSTRAINT ck_write_off_state CHECK (state IN ('entered', 'confirmed', 'rejected')),
    CONSTRAINT ck_write_off_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_write_off_two_persons CHECK (signed_by <> entered_by OR state = 'rejected'),
    CONSTRAINT fk_write_off_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device (
    shop_id BLOB NOT NULL,
    name VARCHAR(40) NOT NULL,
    token_hash VARCHAR(64),
    serial INTEGER NOT NULL,
    enrolled_at DATETIME,
    enrolled_by BLOB,
    seen_at DATETIME,
    revoked_at DATETIME,
    revoked_by BLOB,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_device PRIMARY KEY (community_id, id),
    CONSTRAINT fk_device_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_device_community_id_enrolled_by FOREIGN KEY(community_id, enrolled_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_device_community_id_revoked_by FOREIGN KEY(community_id, revoked_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_device_community_id_name UNIQUE (community_id, name),
    CONSTRAINT uq_device_community_id_token_hash UNIQUE (community_id, token_hash),
    CONSTRAINT fk_device_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device_token (
    device_id BLOB NOT NULL,
    shop_id BLOB NOT NULL,
    serial INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    ended_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_device_token PRIMARY KEY (community_id, id),
    CONSTRAINT fk_device_token_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_device_token_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT uq_device_token_community_id_token_hash UNIQUE (community_id, token_hash),
    CONSTRAINT uq_device_token_community_id_device_id_serial UNIQUE (community_id, device_id, serial),
    CONSTRAINT fk_device_token_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device_invite (
    device_id BLOB NOT NULL,
    code VARCHAR(22) NOT NULL,
    made_by BLOB NOT NULL,
    made_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    ended_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_device_invite PRIMARY KEY (community_id, id),
    CONSTRAINT fk_device_invite_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_device_invite_community_id_made_by FOREIGN KEY(community_id, made_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_device_invite_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE loan (
    item_id BLOB NOT NULL,
    shop_id BLOB NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    transfer_id BLOB,
    state VARCHAR(8) NOT NULL,
    lent_at DATETIME NOT NULL,
    lent_by BLOB NOT NULL,
    due_at DATETIME NOT NULL,
    ended_at DATETIME,
    ended_by BLOB,
    note VARCHAR(200) NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_loan PRIMARY KEY (community_id, id),
    CONSTRAINT fk_loan_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT fk_loan_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_loan_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_loan_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_loan_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_loan_community_id_lent_by FOREIGN KEY(community_id, lent_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_loan_community_id_ended_by FOREIGN KEY(community_id, ended_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_loan_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_loan_state CHECK (state IN ('out', 'returned', 'kept')),
    CONSTRAINT ck_loan_points CHECK (points >= 0),
    CONSTRAINT ck_loan_ended CHECK ((state = 'out') = (ended_at IS NULL)),
    CONSTRAINT fk_loan_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE allowance (
    device_id BLOB NOT NULL,
    shop_id BLOB NOT NULL,
    household_id BLOB NOT NULL,
    member_id BLOB,
    wallet_id BLOB NOT NULL,
    shop_account_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    transfer_id BLOB,
    spend_until DATETIME NOT NULL,
    held_until DATETIME NOT NULL,
    shown_until DATETIME,
    asked_back_at DATETIME,
    state VARCHAR(8) NOT NULL,
    made_at DATETIME NOT NULL,
    made_by BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_allowance PRIMARY KEY (community_id, id),
    CONSTRAINT fk_allowance_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_allowance_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_allowance_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id),
    CONSTRAINT fk_allowance_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_allowance_community_id_wallet_id FOREIGN KEY(community_id, wallet_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_allowance_community_id_shop_account_id FOREIGN KEY(community_id, shop_account_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_allowance_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id),
    CONSTRAINT fk_allowance_community_id_made_by FOREIGN KEY(community_id, made_by) REFERENCES member (community_id, id),
    CONSTRAINT ck_allowance_state CHECK (state IN ('open', 'spent', 'returned')),
    CONSTRAINT ck_allowance_left CHECK (points > 0 AND "left" BETWEEN 0 AND points),
    CONSTRAINT ck_allowance_held CHECK ((state = 'open') = (transfer_id IS NOT NULL)),
    CONSTRAINT fk_allowance_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE uploaded_scan (
    nonce VARCHAR(80) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    device_id BLOB NOT NULL,
    shop_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    told_by BLOB NOT NULL,
    code VARCHAR(500) NOT NULL,
    lines TEXT NOT NULL,
    scanned_at DATETIME,
    sent_at DATETIME,
    counted_at DATETIME NOT NULL,
    recorded_at DATETIME NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    reason VARCHAR(24),
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_uploaded_scan PRIMARY KEY (community_id, id),
    CONSTRAINT fk_uploaded_scan_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id),
    CONSTRAINT fk_uploaded_scan_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_uploaded_scan_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_uploaded_scan_community_id_told_by FOREIGN KEY(community_id, told_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_uploaded_scan_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT ck_uploaded_scan_outcome CHECK (outcome IN ('ok', 'error', 'conflict', 'quarantined')),
    CONSTRAINT fk_uploaded_scan_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE quarantine_note (
    note VARCHAR(200) NOT NULL,
    noted_at DATETIME NOT NULL,
    noted_by BLOB NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_quarantine_note PRIMARY KEY (community_id, id),
    CONSTRAINT fk_quarantine_note_community_id_id FOREIGN KEY(community_id, id) REFERENCES uploaded_scan (community_id, id),
    CONSTRAINT fk_quarantine_note_community_id_noted_by FOREIGN KEY(community_id, noted_by) REFERENCES member (community_id, id),
    CONSTRAINT fk_quarantine_note_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE shift (
    shop_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    began_at DATETIME NOT NULL,
    ended_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_shift PRIMARY KEY (community_id, id),
    CONSTRAINT fk_shift_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_shift_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id),
    CONSTRAINT ck_shift_times CHECK (ended_at IS NULL OR ended_at >= began_at),
    CONSTRAINT fk_shift_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_close (
    shop_id BLOB NOT NULL,
    day DATE NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    annulled BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    other BIGINT NOT NULL,
    earlier BIGINT NOT NULL,
    closed_by BLOB NOT NULL,
    closed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_day_close PRIMARY KEY (community_id, id),
    CONSTRAINT fk_day_close_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_day_close_community_id_closed_by FOREIGN KEY(community_id, closed_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_day_close_community_id_shop_id_day UNIQUE (community_id, shop_id, day),
    CONSTRAINT ck_day_close_range CHECK (last_seq >= first_seq - 1 AND first_seq >= 1),
    CONSTRAINT fk_day_close_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_count (
    close_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    booked INTEGER NOT NULL,
    counted INTEGER,
    note VARCHAR(200) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_day_count PRIMARY KEY (community_id, id),
    CONSTRAINT fk_day_count_community_id_close_id FOREIGN KEY(community_id, close_id) REFERENCES day_close (community_id, id),
    CONSTRAINT fk_day_count_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id),
    CONSTRAINT uq_day_count_community_id_close_id_item_id UNIQUE (community_id, close_id, item_id),
    CONSTRAINT ck_day_count_pieces CHECK (booked >= 0 AND counted >= 0),
    CONSTRAINT fk_day_count_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_countersign (
    close_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    signed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_day_countersign PRIMARY KEY (community_id, id),
    CONSTRAINT fk_day_countersign_community_id_close_id FOREIGN KEY(community_id, close_id) REFERENCES day_close (community_id, id),
    CONSTRAINT fk_day_countersign_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_day_countersign_community_id_close_id UNIQUE (community_id, close_id),
    CONSTRAINT fk_day_countersign_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE unit_value (
    fen INTEGER NOT NULL,
    valid_from DATETIME NOT NULL,
    reason VARCHAR(300) NOT NULL,
    set_by BLOB NOT NULL,
    set_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_unit_value PRIMARY KEY (community_id, id),
    CONSTRAINT fk_unit_value_community_id_set_by FOREIGN KEY(community_id, set_by) REFERENCES member (community_id, id),
    CONSTRAINT ck_unit_value_fen CHECK (fen BETWEEN 0 AND 100000),
    CONSTRAINT fk_unit_value_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_statement (
    shop_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    from_at DATETIME NOT NULL,
    until_at DATETIME NOT NULL,
    village VARCHAR(60) NOT NULL,
    shop VARCHAR(40) NOT NULL,
    points BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    drawn_by BLOB NOT NULL,
    drawn_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_settlement_statement PRIMARY KEY (community_id, id),
    CONSTRAINT fk_settlement_statement_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id),
    CONSTRAINT fk_settlement_statement_community_id_account_id FOREIGN KEY(community_id, account_id) REFERENCES account (community_id, id),
    CONSTRAINT fk_settlement_statement_community_id_drawn_by FOREIGN KEY(community_id, drawn_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_settlement_statement_community_id_account_id_number UNIQUE (community_id, account_id, number),
    CONSTRAINT uq_settlement_statement_community_id_account_id_first_seq UNIQUE (community_id, account_id, first_seq),
    CONSTRAINT ck_settlement_statement_range CHECK (last_seq >= first_seq AND first_seq >= 1),
    CONSTRAINT ck_settlement_statement_moments CHECK (until_at > from_at),
    CONSTRAINT fk_settlement_statement_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_line (
    statement_id BLOB NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    unit_value_fen INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    entries BIGINT NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_settlement_line PRIMARY KEY (community_id, id),
    CONSTRAINT fk_settlement_line_community_id_statement_id FOREIGN KEY(community_id, statement_id) REFERENCES settlement_statement (community_id, id),
    CONSTRAINT uq_settlement_line_community_id_statement_id_first_seq_kind UNIQUE (community_id, statement_id, first_seq, kind),
    CONSTRAINT ck_settlement_line_range CHECK (last_seq >= first_seq AND first_seq >= 1),
    CONSTRAINT ck_settlement_line_kind CHECK (kind IN ('redeemed', 'vouchers_in', 'deposits_in', 'annulled', 'refunded', 'vouchers_out', 'deposits_out', 'other')),
    CONSTRAINT fk_settlement_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_signature (
    statement_id BLOB NOT NULL,
    side VARCHAR(7) NOT NULL,
    member_id BLOB NOT NULL,
    name VARCHAR(40) NOT NULL,
    signed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_settlement_signature PRIMARY KEY (community_id, id),
    CONSTRAINT fk_settlement_signature_community_id_statement_id FOREIGN KEY(community_id, statement_id) REFERENCES settlement_statement (community_id, id),
    CONSTRAINT fk_settlement_signature_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_settlement_signature_community_id_statement_id_side UNIQUE (community_id, statement_id, side),
    CONSTRAINT uq_settlement_signature_community_id_statement_id_member_id UNIQUE (community_id, statement_id, member_id),
    CONSTRAINT ck_settlement_signature_side CHECK (side IN ('shop', 'village')),
    CONSTRAINT fk_settlement_signature_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE fund_entry (
    fen BIGINT NOT NULL,
    source VARCHAR(80) NOT NULL,
    note VARCHAR(200) NOT NULL,
    entered_by BLOB NOT NULL,
    entered_at DATETIME NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_fund_entry PRIMARY KEY (community_id, id),
    CONSTRAINT fk_fund_entry_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id),
    CONSTRAINT uq_fund_entry_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_fund_entry_fen CHECK (fen <> 0),
    CONSTRAINT fk_fund_entry_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE fund_confirmation (
    entry_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    confirmed_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_fund_confirmation PRIMARY KEY (community_id, id),
    CONSTRAINT fk_fund_confirmation_community_id_entry_id FOREIGN KEY(community_id, entry_id) REFERENCES fund_entry (community_id, id),
    CONSTRAINT fk_fund_confirmation_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT uq_fund_confirmation_community_id_entry_id UNIQUE (community_id, entry_id),
    CONSTRAINT fk_fund_confirmation_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO item_limit (community_id, id, item_id, whose, period, pieces)
SELECT community_id, randomblob(16), id, 'household', limit_period, limit_count FROM item WHERE limit_count IS NOT NULL
--;
INSERT INTO item_price (community_id, id, item_id, points, reference_fen, valid_from, announced_at, reason)
SELECT i.community_id, randomblob(16), i.id, i.points, i.reference_fen, c.founded_at, c.founded_at, '' FROM item AS i JOIN community AS c ON c.id = i.community_id
--;
DROP TABLE code_token
--;
ALTER TABLE new_code_token RENAME TO code_token
--;
DROP TABLE community
--;
ALTER TABLE new_community RENAME TO community
--;
DROP TABLE transfer
--;
ALTER TABLE new_transfer RENAME TO transfer
--;
DROP TABLE shop
--;
ALTER TABLE new_shop RENAME TO shop
--;
DROP TABLE item
--;
ALTER TABLE new_item RENAME TO item
--;
DROP TABLE redemption
--;
ALTER TABLE new_redemption RENAME TO redemption
--;
DROP TABLE shop_order
--;
ALTER TABLE new_shop_order RENAME TO shop_order
--;
DROP TABLE stock
--;
ALTER TABLE new_stock RENAME TO stock
--;
DROP TABLE stock_move
--;
ALTER TABLE new_stock_move RENAME TO stock_move
--;
CREATE INDEX ix_transfer_effective ON transfer (community_id, effective_at)
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
CREATE INDEX ix_item_price_item ON item_price (community_id, item_id, announced_at)
--;
CREATE TRIGGER item_price_no_update BEFORE UPDATE ON item_price
BEGIN SELECT RAISE(ABORT, 'item_price rows are never changed'); END
--;
CREATE TRIGGER item_price_no_delete BEFORE DELETE ON item_price
BEGIN SELECT RAISE(ABORT, 'item_price rows are never deleted'); END
--;
CREATE TRIGGER item_price_no_replace BEFORE INSERT ON item_price
WHEN EXISTS (SELECT 1 FROM item_price WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: item_price.community_id, item_price.id'); END
--;
CREATE INDEX ix_redemption_member ON redemption (community_id, member_id, scanned_at)
--;
CREATE INDEX ix_redemption_order ON redemption (community_id, order_id)
--;
CREATE INDEX ix_redemption_shop ON redemption (community_id, shop_id, recorded_at)
--;
CREATE INDEX ix_redemption_unsettled ON redemption (community_id) WHERE status = 'conflict' AND settled_at IS NULL
--;
CREATE INDEX ix_till_request_member ON till_request (community_id, member_id, expires_at)
--;
CREATE INDEX ix_till_request_shop ON till_request (community_id, shop_id, expires_at)
--;
CREATE INDEX ix_refund_redemption ON refund (community_id, redemption_id)
--;
CREATE INDEX ix_refund_refunded_at ON refund (community_id, refunded_at)
--;
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'refund rows are never changed'); END
--;
CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'refund rows are never deleted'); END
--;
CREATE TRIGGER refund_no_replace BEFORE INSERT ON refund
WHEN EXISTS (SELECT 1 FROM refund WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: refund.community_id, refund.id'); END
--;
CREATE INDEX ix_refund_line_order ON refund_line (community_id, order_id)
--;
CREATE TRIGGER refund_line_no_update BEFORE UPDATE ON refund_line
BEGIN SELECT RAISE(ABORT, 'refund_line rows are never changed'); END
--;
CREATE TRIGGER refund_line_no_delete BEFORE DELETE ON refund_line
BEGIN SELECT RAISE(ABORT, 'refund_line rows are never deleted'); END
--;
CREATE TRIGGER refund_line_no_replace BEFORE INSERT ON refund_line
WHEN EXISTS (SELECT 1 FROM refund_line WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: refund_line.community_id, refund_line.id'); END
--;
CREATE INDEX ix_shop_order_household ON shop_order (community_id, household_id, placed_at)
--;
CREATE INDEX ix_shop_order_state ON shop_order (community_id, shop_id, state, expires_at)
--;
CREATE INDEX ix_order_move_order ON order_move (community_id, order_id, id)
--;
CREATE INDEX ix_order_move_shop ON order_move (community_id, from_shop_id, moved_at)
--;
CREATE TRIGGER order_move_no_update BEFORE UPDATE ON order_move
BEGIN SELECT RAISE(ABORT, 'order_move rows are never changed'); END
--;
CREATE TRIGGER order_move_no_delete BEFORE DELETE ON order_move
BEGIN SELECT RAISE(ABORT, 'order_move rows are never deleted'); END
--;
CREATE TRIGGER order_move_no_replace BEFORE INSERT ON order_move
WHEN EXISTS (SELECT 1 FROM order_move WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: order_move.community_id, order_move.id'); END
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
CREATE INDEX ix_member_key_member ON member_key (community_id, member_id)
--;
CREATE INDEX ix_voucher_household ON voucher (community_id, household_id)
--;
CREATE INDEX ix_voucher_state ON voucher (community_id, state, expires_at)
--;
CREATE INDEX ix_voucher_used ON voucher (community_id, shop_id, used_at)
--;
CREATE INDEX ix_gift_from ON gift (community_id, from_wallet_id, given_at)
--;
CREATE INDEX ix_gift_given_at ON gift (community_id, given_at)
--;
CREATE INDEX ix_gift_to ON gift (community_id, to_wallet_id, given_at)
--;
CREATE INDEX ix_wish_member ON wish (community_id, member_id)
--;
CREATE INDEX ix_wish_state ON wish (community_id, state, id)
--;
CREATE INDEX ix_delivery_shop ON delivery (community_id, shop_id, state, confirmed_at)
--;
CREATE INDEX ix_delivery_line_item ON delivery_line (community_id, item_id)
--;
CREATE INDEX ix_stock_take_shop ON stock_take (community_id, shop_id, state)
--;
CREATE INDEX ix_write_off_shop ON write_off (community_id, shop_id, state)
--;
CREATE INDEX ix_device_invite_device ON device_invite (community_id, device_id)
--;
CREATE INDEX ix_loan_household ON loan (community_id, household_id)
--;
CREATE INDEX ix_loan_shop ON loan (community_id, shop_id, state, due_at)
--;
CREATE INDEX ix_allowance_device ON allowance (community_id, device_id, state, held_until)
--;
CREATE INDEX ix_allowance_household ON allowance (community_id, household_id, state)
--;
CREATE INDEX ix_uploaded_scan_gap ON uploaded_scan (community_id) WHERE outcome = 'ok' AND reason IS NOT NULL
--;
CREATE INDEX ix_uploaded_scan_outcome ON uploaded_scan (community_id, outcome, recorded_at)
--;
CREATE TRIGGER uploaded_scan_no_update BEFORE UPDATE ON uploaded_scan
BEGIN SELECT RAISE(ABORT, 'uploaded_scan rows are never changed'); END
--;
CREATE TRIGGER uploaded_scan_no_delete BEFORE DELETE ON uploaded_scan
BEGIN SELECT RAISE(ABORT, 'uploaded_scan rows are never deleted'); END
--;
CREATE TRIGGER uploaded_scan_no_replace BEFORE INSERT ON uploaded_scan
WHEN EXISTS (SELECT 1 FROM uploaded_scan WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: uploaded_scan.community_id, uploaded_scan.id'); END
--;
CREATE TRIGGER quarantine_note_no_update BEFORE UPDATE ON quarantine_note
BEGIN SELECT RAISE(ABORT, 'quarantine_note rows are never changed'); END
--;
CREATE TRIGGER quarantine_note_no_delete BEFORE DELETE ON quarantine_note
BEGIN SELECT RAISE(ABORT, 'quarantine_note rows are never deleted'); END
--;
CREATE TRIGGER quarantine_note_no_replace BEFORE INSERT ON quarantine_note
WHEN EXISTS (SELECT 1 FROM quarantine_note WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: quarantine_note.community_id, quarantine_note.id'); END
--;
CREATE INDEX ix_shift_shop ON shift (community_id, shop_id, began_at)
--;
CREATE INDEX ix_shift_staff ON shift (community_id, staff_id, began_at)
--;
CREATE TRIGGER day_close_no_update BEFORE UPDATE ON day_close
BEGIN SELECT RAISE(ABORT, 'day_close rows are never changed'); END
--;
CREATE TRIGGER day_close_no_delete BEFORE DELETE ON day_close
BEGIN SELECT RAISE(ABORT, 'day_close rows are never deleted'); END
--;
CREATE TRIGGER day_close_no_replace BEFORE INSERT ON day_close
WHEN EXISTS (SELECT 1 FROM day_close WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: day_close.community_id, day_close.id'); END
--;
CREATE TRIGGER day_count_no_update BEFORE UPDATE ON day_count
BEGIN SELECT RAISE(ABORT, 'day_count rows are never changed'); END
--;
CREATE TRIGGER day_count_no_delete BEFORE DELETE ON day_count
BEGIN SELECT RAISE(ABORT, 'day_count rows are never deleted'); END
--;
CREATE TRIGGER day_count_no_replace BEFORE INSERT ON day_count
WHEN EXISTS (SELECT 1 FROM day_count WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: day_count.community_id, day_count.id'); END
--;
CREATE TRIGGER day_countersign_no_update BEFORE UPDATE ON day_countersign
BEGIN SELECT RAISE(ABORT, 'day_countersign rows are never changed'); END
--;
CREATE TRIGGER day_countersign_no_delete BEFORE DELETE ON day_countersign
BEGIN SELECT RAISE(ABORT, 'day_countersign rows are never deleted'); END
--;
CREATE TRIGGER day_countersign_no_replace BEFORE INSERT ON day_countersign
WHEN EXISTS (SELECT 1 FROM day_countersign WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: day_countersign.community_id, day_countersign.id'); END
--;
CREATE INDEX ix_unit_value_from ON unit_value (community_id, valid_from)
--;
CREATE TRIGGER unit_value_no_update BEFORE UPDATE ON unit_value
BEGIN SELECT RAISE(ABORT, 'unit_value rows are never changed'); END
--;
CREATE TRIGGER unit_value_no_delete BEFORE DELETE ON unit_value
BEGIN SELECT RAISE(ABORT, 'unit_value rows are never deleted'); END
--;
CREATE TRIGGER unit_value_no_replace BEFORE INSERT ON unit_value
WHEN EXISTS (SELECT 1 FROM unit_value WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: unit_value.community_id, unit_value.id'); END
--;
CREATE TRIGGER settlement_statement_no_update BEFORE UPDATE ON settlement_statement
BEGIN SELECT RAISE(ABORT, 'settlement_statement rows are never changed'); END
--;
CREATE TRIGGER settlement_statement_no_delete BEFORE DELETE ON settlement_statement
BEGIN SELECT RAISE(ABORT, 'settlement_statement rows are never deleted'); END
--;
CREATE TRIGGER settlement_statement_no_replace BEFORE INSERT ON settlement_statement
WHEN EXISTS (SELECT 1 FROM settlement_statement WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: settlement_statement.community_id, settlement_statement.id'); END
--;
CREATE TRIGGER settlement_line_no_update BEFORE UPDATE ON settlement_line
BEGIN SELECT RAISE(ABORT, 'settlement_line rows are never changed'); END
--;
CREATE TRIGGER settlement_line_no_delete BEFORE DELETE ON settlement_line
BEGIN SELECT RAISE(ABORT, 'settlement_line rows are never deleted'); END
--;
CREATE TRIGGER settlement_line_no_replace BEFORE INSERT ON settlement_line
WHEN EXISTS (SELECT 1 FROM settlement_line WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: settlement_line.community_id, settlement_line.id'); END
--;
CREATE TRIGGER settlement_signature_no_update BEFORE UPDATE ON settlement_signature
BEGIN SELECT RAISE(ABORT, 'settlement_signature rows are never changed'); END
--;
CREATE TRIGGER settlement_signature_no_delete BEFORE DELETE ON settlement_signature
BEGIN SELECT RAISE(ABORT, 'settlement_signature rows are never deleted'); END
--;
CREATE TRIGGER settlement_signature_no_replace BEFORE INSERT ON settlement_signature
WHEN EXISTS (SELECT 1 FROM settlement_signature WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: settlement_signature.community_id, settlement_signature.id'); END
--;
CREATE TRIGGER fund_entry_no_update BEFORE UPDATE ON fund_entry
BEGIN SELECT RAISE(ABORT, 'fund_entry rows are never changed'); END
--;
CREATE TRIGGER fund_entry_no_delete BEFORE DELETE ON fund_entry
BEGIN SELECT RAISE(ABORT, 'fund_entry rows are never deleted'); END
--;
CREATE TRIGGER fund_entry_no_replace BEFORE INSERT ON fund_entry
WHEN EXISTS (SELECT 1 FROM fund_entry WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: fund_entry.community_id, fund_entry.id'); END
--;
CREATE TRIGGER fund_confirmation_no_update BEFORE UPDATE ON fund_confirmation
BEGIN SELECT RAISE(ABORT, 'fund_confirmation rows are never changed'); END
--;
CREATE TRIGGER fund_confirmation_no_delete BEFORE DELETE ON fund_confirmation
BEGIN SELECT RAISE(ABORT, 'fund_confirmation rows are never deleted'); END
--;
CREATE TRIGGER fund_confirmation_no_replace BEFORE INSERT ON fund_confirmation
WHEN EXISTS (SELECT 1 FROM fund_confirmation WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: fund_confirmation.community_id, fund_confirmation.id'); END
--;
CREATE TABLE helper_session (
    helper_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    card_id BLOB NOT NULL,
    opened_at DATETIME NOT NULL,
    ends_at DATETIME NOT NULL,
    closed_at DATETIME,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_helper_session PRIMARY KEY (community_id, id),
    CONSTRAINT fk_helper_session_community_id_helper_id FOREIGN KEY(community_id, helper_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_helper_session_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id),
    CONSTRAINT fk_helper_session_community_id_card_id FOREIGN KEY(community_id, card_id) REFERENCES card (community_id, id),
    CONSTRAINT ck_helper_session_two CHECK (helper_id <> member_id),
    CONSTRAINT ck_helper_session_ends CHECK (ends_at > opened_at),
    CONSTRAINT fk_helper_session_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_helper_session_helper ON helper_session (community_id, helper_id, opened_at)
--;
CREATE INDEX ix_helper_session_member ON helper_session (community_id, member_id, opened_at)
--;
CREATE TABLE helped_act (
    session_id BLOB NOT NULL,
    act VARCHAR(40) NOT NULL,
    subject_id BLOB,
    done_at DATETIME NOT NULL,
    community_id BIGINT NOT NULL,
    id BLOB NOT NULL,
    CONSTRAINT pk_helped_act PRIMARY KEY (community_id, id),
    CONSTRAINT fk_helped_act_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES helper_session (community_id, id),
    CONSTRAINT fk_helped_act_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_helped_act_session ON helped_act (community_id, session_id)
--;
CREATE INDEX ix_helped_act_subject ON helped_act (community_id, subject_id)
--;
CREATE TRIGGER helped_act_no_update BEFORE UPDATE ON helped_act
BEGIN SELECT RAISE(ABORT, 'helped_act rows are never changed'); END
--;
CREATE TRIGGER helped_act_no_delete BEFORE DELETE ON helped_act
BEGIN SELECT RAISE(ABORT, 'helped_act rows are never deleted'); END
--;
CREATE TRIGGER helped_act_no_replace BEFORE INSERT ON helped_act
WHEN EXISTS (SELECT 1 FROM helped_act WHERE community_id = NEW.community_id AND id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: helped_act.community_id, helped_act.id'); END
