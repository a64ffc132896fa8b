ALTER TABLE code_token DROP CONSTRAINT ck_code_token_purpose
--;
ALTER TABLE community ADD COLUMN card_daily_cap INTEGER
--;
ALTER TABLE community ADD COLUMN confirm_above INTEGER
--;
ALTER TABLE community ADD COLUMN offline_allowance INTEGER
--;
ALTER TABLE community ADD COLUMN shop_phones_only BOOLEAN
--;
UPDATE community SET card_daily_cap = 30, confirm_above = 50, offline_allowance = 20, shop_phones_only = false
--;
ALTER TABLE community ALTER COLUMN card_daily_cap SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN confirm_above SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN offline_allowance SET NOT NULL
--;
ALTER TABLE community ALTER COLUMN shop_phones_only SET NOT NULL
--;
ALTER TABLE transfer DROP CONSTRAINT ck_transfer_code
--;
ALTER TABLE shop ADD COLUMN kind VARCHAR(8)
--;
ALTER TABLE shop ADD COLUMN door VARCHAR(6)
--;
UPDATE shop SET kind = 'shop', door = 'hours'
--;
ALTER TABLE shop ALTER COLUMN kind SET NOT NULL
--;
ALTER TABLE shop ALTER COLUMN door SET NOT NULL
--;
ALTER TABLE item DROP CONSTRAINT ck_item_kind
--;
ALTER TABLE item DROP CONSTRAINT ck_item_limit_period
--;
ALTER TABLE item DROP CONSTRAINT ck_item_limit
--;
ALTER TABLE item ADD COLUMN barcode VARCHAR(32)
--;
ALTER TABLE item ADD COLUMN voucher_days INTEGER
--;
ALTER TABLE item ADD COLUMN partner_id UUID
--;
ALTER TABLE item ADD COLUMN next_points INTEGER
--;
ALTER TABLE item ADD COLUMN next_reference_fen INTEGER
--;
ALTER TABLE item ADD COLUMN next_from TIMESTAMP WITH TIME ZONE
--;
ALTER TABLE item ADD COLUMN photo_id UUID
--;
ALTER TABLE item ADD COLUMN takes_place_at TIMESTAMP WITH TIME ZONE
--;
ALTER TABLE redemption DROP CONSTRAINT ck_redemption_status
--;
ALTER TABLE redemption DROP CONSTRAINT ck_redemption_reason
--;
ALTER TABLE redemption ADD COLUMN member_id UUID
--;
ALTER TABLE redemption ADD COLUMN device_id UUID
--;
ALTER TABLE redemption ADD COLUMN means VARCHAR(10)
--;
ALTER TABLE redemption ADD COLUMN used_mark VARCHAR(40)
--;
ALTER TABLE redemption ADD COLUMN settled_at TIMESTAMP WITH TIME ZONE
--;
ALTER TABLE redemption ADD COLUMN settled_by UUID
--;
ALTER TABLE redemption ADD COLUMN settled_note VARCHAR(200)
--;
UPDATE redemption SET member_id = (SELECT o.member_id FROM shop_order o WHERE o.community_id = redemption.community_id AND o.id = redemption.order_id)
--;
ALTER TABLE shop_order ADD COLUMN way VARCHAR(8)
--;
ALTER TABLE shop_order ADD COLUMN prepared_at TIMESTAMP WITH TIME ZONE
--;
ALTER TABLE shop_order ADD COLUMN prepared_by UUID
--;
UPDATE shop_order SET way = 'ahead'
--;
ALTER TABLE shop_order ALTER COLUMN way SET NOT NULL
--;
ALTER TABLE shop_order ALTER COLUMN token DROP NOT NULL
--;
ALTER TABLE stock ADD COLUMN is_sold BOOLEAN
--;
ALTER TABLE stock ADD COLUMN low_at INTEGER
--;
UPDATE stock SET is_sold = true
--;
ALTER TABLE stock ALTER COLUMN is_sold SET NOT NULL
--;
ALTER TABLE stock_move DROP CONSTRAINT ck_stock_move_move
--;
ALTER TABLE stock_move ADD COLUMN second_actor_id UUID
--;
ALTER TABLE stock_move ADD COLUMN delivery_id UUID
--;
CREATE TABLE care_entry (
    member_id UUID NOT NULL,
    why VARCHAR(12) NOT NULL,
    proposed_by UUID,
    proposed_at TIMESTAMP WITH TIME ZONE,
    confirmed_by UUID,
    expires_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_care_entry PRIMARY KEY (community_id, id),
    CONSTRAINT uq_care_entry_community_id_member_id UNIQUE (community_id, member_id),
    CONSTRAINT ck_care_entry_why CHECK (why IN ('elder_alone', 'illness', 'disability', 'hardship', 'other')),
    CONSTRAINT ck_care_entry_proposed CHECK ((proposed_by IS NULL) = (proposed_at IS NULL)),
    CONSTRAINT ck_care_entry_confirmed CHECK ((confirmed_by IS NULL) = (expires_at IS NULL)),
    CONSTRAINT ck_care_entry_someone CHECK (proposed_by IS NOT NULL OR confirmed_by IS NOT NULL),
    CONSTRAINT fk_care_entry_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE opening (
    shop_id UUID NOT NULL,
    rule VARCHAR(200) NOT NULL,
    opens_at VARCHAR(5) NOT NULL,
    closes_at VARCHAR(5) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_opening PRIMARY KEY (community_id, id),
    CONSTRAINT ck_opening_times CHECK (opens_at < closes_at),
    CONSTRAINT fk_opening_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE item_limit (
    item_id UUID NOT NULL,
    whose VARCHAR(9) NOT NULL,
    period VARCHAR(8) NOT NULL,
    pieces INTEGER NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_item_limit PRIMARY KEY (community_id, id),
    CONSTRAINT uq_item_limit_community_id_item_id_whose_period UNIQUE (community_id, item_id, whose, period),
    CONSTRAINT ck_item_limit_whose CHECK (whose IN ('person', 'household')),
    CONSTRAINT ck_item_limit_period CHECK (period IN ('day', 'week', 'month', 'quarter', 'year')),
    CONSTRAINT ck_item_limit_pieces CHECK (pieces > 0),
    CONSTRAINT fk_item_limit_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE item_price (
    item_id UUID NOT NULL,
    points INTEGER NOT NULL,
    reference_fen INTEGER NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    announced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    reason VARCHAR(300) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_item_price PRIMARY KEY (community_id, id),
    CONSTRAINT ck_item_price_not_negative CHECK (points >= 0 AND reference_fen >= 0),
    CONSTRAINT fk_item_price_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE till_request (
    shop_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    device VARCHAR(64) NOT NULL,
    device_id UUID,
    nonce VARCHAR(80) NOT NULL,
    number INTEGER NOT NULL,
    lines TEXT NOT NULL,
    points INTEGER NOT NULL,
    member_id UUID,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    declined_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_till_request PRIMARY KEY (community_id, id),
    CONSTRAINT uq_till_request_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT ck_till_request_number CHECK (number BETWEEN 100 AND 999),
    CONSTRAINT fk_till_request_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE refund (
    redemption_id UUID NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    points INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    actor_id UUID NOT NULL,
    refunded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (community_id, id),
    CONSTRAINT uq_refund_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_refund_points CHECK (points >= 0),
    CONSTRAINT fk_refund_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE refund_line (
    refund_id UUID NOT NULL,
    order_id UUID NOT NULL,
    item_id UUID NOT NULL,
    quantity INTEGER NOT NULL,
    to_shelf BOOLEAN NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_refund_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_refund_line_community_id_refund_id_item_id UNIQUE (community_id, refund_id, item_id),
    CONSTRAINT ck_refund_line_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT fk_refund_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE order_move (
    order_id UUID NOT NULL,
    from_shop_id UUID NOT NULL,
    to_shop_id UUID NOT NULL,
    actor_id UUID NOT NULL,
    was_prepared BOOLEAN NOT NULL,
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_order_move PRIMARY KEY (community_id, id),
    CONSTRAINT ck_order_move_two_shops CHECK (from_shop_id <> to_shop_id),
    CONSTRAINT fk_order_move_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE basket_line (
    member_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    item_id UUID NOT NULL,
    quantity INTEGER NOT NULL,
    points_seen INTEGER NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_basket_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_basket_line_community_id_member_id_shop_id_item_id UNIQUE (community_id, member_id, shop_id, item_id),
    CONSTRAINT ck_basket_line_quantity CHECK (quantity BETWEEN 1 AND 99),
    CONSTRAINT ck_basket_line_points_seen CHECK (points_seen >= 0),
    CONSTRAINT fk_basket_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member_key (
    member_id UUID NOT NULL,
    handle VARCHAR(7) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_member_key PRIMARY KEY (community_id, id),
    CONSTRAINT uq_member_key_community_id_handle UNIQUE (community_id, handle),
    CONSTRAINT ck_member_key_handle CHECK (length(handle) = 7),
    CONSTRAINT fk_member_key_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE member_pin (
    pin_mark VARCHAR(64) NOT NULL,
    failures INTEGER NOT NULL,
    locked_at TIMESTAMP WITH TIME ZONE,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    set_by UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_member_pin PRIMARY KEY (community_id, id),
    CONSTRAINT ck_member_pin_failures CHECK (failures BETWEEN 0 AND 5),
    CONSTRAINT fk_member_pin_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE shop_code (
    shop_id UUID NOT NULL,
    version INTEGER NOT NULL,
    token VARCHAR(22) NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_shop_code PRIMARY KEY (community_id, id),
    CONSTRAINT uq_shop_code_community_id_shop_id_version UNIQUE (community_id, shop_id, version),
    CONSTRAINT uq_shop_code_community_id_token UNIQUE (community_id, token),
    CONSTRAINT fk_shop_code_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE voucher (
    order_id UUID NOT NULL,
    item_id UUID NOT NULL,
    piece INTEGER NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID NOT NULL,
    token VARCHAR(22) NOT NULL,
    quantity INTEGER NOT NULL,
    points INTEGER NOT NULL,
    fen INTEGER NOT NULL,
    sold_by UUID NOT NULL,
    partner_id UUID,
    state VARCHAR(8) NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    extended_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    used_by UUID,
    shop_id UUID,
    use_key VARCHAR(80),
    use_note VARCHAR(60) NOT NULL,
    transfer_id UUID,
    annulled_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_voucher PRIMARY KEY (community_id, id),
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
    from_member_id UUID NOT NULL,
    from_wallet_id UUID NOT NULL,
    to_member_id UUID,
    to_wallet_id UUID NOT NULL,
    points INTEGER NOT NULL,
    note VARCHAR(60) NOT NULL,
    transfer_id UUID NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    thanked_at TIMESTAMP WITH TIME ZONE,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_gift PRIMARY KEY (community_id, id),
    CONSTRAINT uq_gift_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_gift_points CHECK (points > 0),
    CONSTRAINT ck_gift_two_wallets CHECK (from_wallet_id <> to_wallet_id),
    CONSTRAINT fk_gift_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE wish (
    member_id UUID NOT NULL,
    text VARCHAR(60) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR(8) NOT NULL,
    answer VARCHAR(200) NOT NULL,
    answered_by UUID,
    answered_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_wish PRIMARY KEY (community_id, id),
    CONSTRAINT ck_wish_state CHECK (state IN ('open', 'coming', 'done', 'declined')),
    CONSTRAINT ck_wish_answered CHECK ((state = 'open') = (answered_at IS NULL)),
    CONSTRAINT fk_wish_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE wish_backing (
    wish_id UUID NOT NULL,
    member_id UUID NOT NULL,
    backed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_wish_backing PRIMARY KEY (community_id, id),
    CONSTRAINT uq_wish_backing_community_id_wish_id_member_id UNIQUE (community_id, wish_id, member_id),
    CONSTRAINT fk_wish_backing_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE donor (
    name VARCHAR(60) NOT NULL,
    kind VARCHAR(12) NOT NULL,
    is_public BOOLEAN NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_donor PRIMARY KEY (community_id, id),
    CONSTRAINT uq_donor_community_id_name UNIQUE (community_id, name),
    CONSTRAINT ck_donor_kind CHECK (kind IN ('person', 'company', 'organisation')),
    CONSTRAINT fk_donor_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE delivery (
    number INTEGER NOT NULL,
    shop_id UUID NOT NULL,
    source VARCHAR(16) NOT NULL,
    from_shop_id UUID,
    donor_id UUID,
    wish VARCHAR(200) NOT NULL,
    note VARCHAR(200) NOT NULL,
    state VARCHAR(10) NOT NULL,
    entered_by UUID NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_by UUID,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    reject_reason VARCHAR(200) NOT NULL,
    request_key VARCHAR(100) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (community_id, id),
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
    delivery_id UUID NOT NULL,
    item_id UUID NOT NULL,
    quantity INTEGER NOT NULL,
    cost_fen INTEGER NOT NULL,
    best_before DATE,
    arrived INTEGER,
    reason VARCHAR(200) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_delivery_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_delivery_line_community_id_delivery_id_item_id UNIQUE (community_id, delivery_id, item_id),
    CONSTRAINT ck_delivery_line_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_delivery_line_cost_fen CHECK (cost_fen >= 0),
    CONSTRAINT ck_delivery_line_arrived CHECK (arrived >= 0),
    CONSTRAINT fk_delivery_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_take (
    shop_id UUID NOT NULL,
    state VARCHAR(8) NOT NULL,
    begun_by UUID NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_by UUID,
    finished_at TIMESTAMP WITH TIME ZONE,
    signed_by UUID,
    closed_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_stock_take PRIMARY KEY (community_id, id),
    CONSTRAINT ck_stock_take_state CHECK (state IN ('open', 'counted', 'closed')),
    CONSTRAINT ck_stock_take_two_persons CHECK (signed_by <> finished_by),
    CONSTRAINT ck_stock_take_closed CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT ck_stock_take_finished CHECK ((state = 'open') = (finished_by IS NULL)),
    CONSTRAINT fk_stock_take_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE stock_take_line (
    take_id UUID NOT NULL,
    item_id UUID NOT NULL,
    counted INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    counted_by UUID NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_stock_take_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_stock_take_line_community_id_take_id_item_id UNIQUE (community_id, take_id, item_id),
    CONSTRAINT ck_stock_take_line_counted CHECK (counted >= 0),
    CONSTRAINT fk_stock_take_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE write_off (
    shop_id UUID NOT NULL,
    item_id UUID NOT NULL,
    move VARCHAR(12) NOT NULL,
    quantity INTEGER NOT NULL,
    reason VARCHAR(200) NOT NULL,
    state VARCHAR(10) NOT NULL,
    entered_by UUID NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    signed_by UUID,
    signed_at TIMESTAMP WITH TIME ZONE,
    request_key VARCHAR(100) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_write_off PRIMARY KEY (community_id, id),
    CONSTRAINT uq_write_off_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_write_off_move CHECK (move IN ('spoiled', 'expired')),
    CONSTRAINT ck_write_off_state CHECK (state IN ('entered', 'confirmed', 'rejected')),
    CONSTRAINT ck_write_off_quantity CHECK (quantity >= 1),
    CONSTRAINT ck_write_off_two_persons CHECK (signed_by <> entered_by OR state = 'rejected'),
    CONSTRAINT fk_write_off_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device (
    shop_id UUID NOT NULL,
    name VARCHAR(40) NOT NULL,
    token_hash VARCHAR(64),
    serial INTEGER NOT NULL,
    enrolled_at TIMESTAMP WITH TIME ZONE,
    enrolled_by UUID,
    seen_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_by UUID,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_device PRIMARY KEY (community_id, id),
    CONSTRAINT uq_device_community_id_name UNIQUE (community_id, name),
    CONSTRAINT uq_device_community_id_token_hash UNIQUE (community_id, token_hash),
    CONSTRAINT fk_device_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device_token (
    device_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    serial INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_device_token PRIMARY KEY (community_id, id),
    CONSTRAINT uq_device_token_community_id_token_hash UNIQUE (community_id, token_hash),
    CONSTRAINT uq_device_token_community_id_device_id_serial UNIQUE (community_id, device_id, serial),
    CONSTRAINT fk_device_token_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE device_invite (
    device_id UUID NOT NULL,
    code VARCHAR(22) NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_device_invite PRIMARY KEY (community_id, id),
    CONSTRAINT fk_device_invite_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE loan (
    item_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID NOT NULL,
    points INTEGER NOT NULL,
    transfer_id UUID,
    state VARCHAR(8) NOT NULL,
    lent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lent_by UUID NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by UUID,
    note VARCHAR(200) NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_loan PRIMARY KEY (community_id, id),
    CONSTRAINT uq_loan_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_loan_state CHECK (state IN ('out', 'returned', 'kept')),
    CONSTRAINT ck_loan_points CHECK (points >= 0),
    CONSTRAINT ck_loan_ended CHECK ((state = 'out') = (ended_at IS NULL)),
    CONSTRAINT fk_loan_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE allowance (
    device_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID,
    wallet_id UUID NOT NULL,
    shop_account_id UUID NOT NULL,
    points INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    transfer_id UUID,
    spend_until TIMESTAMP WITH TIME ZONE NOT NULL,
    held_until TIMESTAMP WITH TIME ZONE NOT NULL,
    shown_until TIMESTAMP WITH TIME ZONE,
    asked_back_at TIMESTAMP WITH TIME ZONE,
    state VARCHAR(8) NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_allowance PRIMARY KEY (community_id, id),
    CONSTRAINT ck_allowance_state CHECK (state IN ('open', 'spent', 'returned')),
    CONSTRAINT ck_allowance_left CHECK (points > 0 AND "left" BETWEEN 0 AND points),
    CONSTRAINT ck_allowance_held CHECK ((state = 'open') = (transfer_id IS NOT NULL)),
    CONSTRAINT fk_allowance_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE uploaded_scan (
    nonce VARCHAR(80) NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    device_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    told_by UUID NOT NULL,
    code VARCHAR(500) NOT NULL,
    lines TEXT NOT NULL,
    scanned_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    reason VARCHAR(24),
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_uploaded_scan PRIMARY KEY (community_id, id),
    CONSTRAINT uq_uploaded_scan_community_id_nonce UNIQUE (community_id, nonce),
    CONSTRAINT ck_uploaded_scan_outcome CHECK (outcome IN ('ok', 'error', 'conflict', 'quarantined')),
    CONSTRAINT fk_uploaded_scan_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE quarantine_note (
    note VARCHAR(200) NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    noted_by UUID NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_quarantine_note PRIMARY KEY (community_id, id),
    CONSTRAINT fk_quarantine_note_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE shift (
    shop_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_shift PRIMARY KEY (community_id, id),
    CONSTRAINT ck_shift_times CHECK (ended_at IS NULL OR ended_at >= began_at),
    CONSTRAINT fk_shift_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_close (
    shop_id UUID NOT NULL,
    day DATE NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    annulled BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    other BIGINT NOT NULL,
    earlier BIGINT NOT NULL,
    closed_by UUID NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_day_close PRIMARY KEY (community_id, id),
    CONSTRAINT uq_day_close_community_id_shop_id_day UNIQUE (community_id, shop_id, day),
    CONSTRAINT ck_day_close_range CHECK (last_seq >= first_seq - 1 AND first_seq >= 1),
    CONSTRAINT fk_day_close_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_count (
    close_id UUID NOT NULL,
    item_id UUID NOT NULL,
    booked INTEGER NOT NULL,
    counted INTEGER,
    note VARCHAR(200) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_day_count PRIMARY KEY (community_id, id),
    CONSTRAINT uq_day_count_community_id_close_id_item_id UNIQUE (community_id, close_id, item_id),
    CONSTRAINT ck_day_count_pieces CHECK (booked >= 0 AND counted >= 0),
    CONSTRAINT fk_day_count_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE day_countersign (
    close_id UUID NOT NULL,
    member_id UUID NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_day_countersign PRIMARY KEY (community_id, id),
    CONSTRAINT uq_day_countersign_community_id_close_id UNIQUE (community_id, close_id),
    CONSTRAINT fk_day_countersign_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE unit_value (
    fen INTEGER NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    reason VARCHAR(300) NOT NULL,
    set_by UUID NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_unit_value PRIMARY KEY (community_id, id),
    CONSTRAINT ck_unit_value_fen CHECK (fen BETWEEN 0 AND 100000),
    CONSTRAINT fk_unit_value_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_statement (
    shop_id UUID NOT NULL,
    account_id UUID NOT NULL,
    number INTEGER NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    from_at TIMESTAMP WITH TIME ZONE NOT NULL,
    until_at TIMESTAMP WITH TIME ZONE NOT NULL,
    village VARCHAR(60) NOT NULL,
    shop VARCHAR(40) NOT NULL,
    points BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    digest VARCHAR(64) NOT NULL,
    drawn_by UUID NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_settlement_statement PRIMARY KEY (community_id, id),
    CONSTRAINT uq_settlement_statement_community_id_account_id_number UNIQUE (community_id, account_id, number),
    CONSTRAINT uq_settlement_statement_community_id_account_id_first_seq UNIQUE (community_id, account_id, first_seq),
    CONSTRAINT ck_settlement_statement_range CHECK (last_seq >= first_seq AND first_seq >= 1),
    CONSTRAINT ck_settlement_statement_moments CHECK (until_at > from_at),
    CONSTRAINT fk_settlement_statement_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_line (
    statement_id UUID NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    unit_value_fen INTEGER NOT NULL,
    kind VARCHAR(12) NOT NULL,
    entries BIGINT NOT NULL,
    points BIGINT NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_settlement_line PRIMARY KEY (community_id, id),
    CONSTRAINT uq_settlement_line_community_id_statement_id_first_seq_kind UNIQUE (community_id, statement_id, first_seq, kind),
    CONSTRAINT ck_settlement_line_range CHECK (last_seq >= first_seq AND first_seq >= 1),
    CONSTRAINT ck_settlement_line_kind CHECK (kind IN ('redeemed', 'vouchers_in', 'deposits_in', 'annulled', 'refunded', 'vouchers_out', 'deposits_out', 'other')),
    CONSTRAINT fk_settlement_line_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE settlement_signature (
    statement_id UUID NOT NULL,
    side VARCHAR(7) NOT NULL,
    member_id UUID NOT NULL,
    name VARCHAR(40) NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_settlement_signature PRIMARY KEY (community_id, id),
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
    entered_by UUID NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_key VARCHAR(80) NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_fund_entry PRIMARY KEY (community_id, id),
    CONSTRAINT uq_fund_entry_community_id_request_key UNIQUE (community_id, request_key),
    CONSTRAINT ck_fund_entry_fen CHECK (fen <> 0),
    CONSTRAINT fk_fund_entry_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE TABLE fund_confirmation (
    entry_id UUID NOT NULL,
    member_id UUID NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_fund_confirmation PRIMARY KEY (community_id, id),
    CONSTRAINT uq_fund_confirmation_community_id_entry_id UNIQUE (community_id, entry_id),
    CONSTRAINT fk_fund_confirmation_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
INSERT INTO item_limit (community_id, id, item_id, whose, period, pieces)
SELECT community_id, gen_random_uuid(), id, 'household', limit_period, limit_count FROM item WHERE limit_count IS NOT NULL
--;
INSERT INTO item_price (community_id, id, item_id, points, reference_fen, valid_from, announced_at, reason)
SELECT i.community_id, gen_random_uuid(), i.id, i.points, i.reference_fen, c.founded_at, c.founded_at, '' FROM item AS i JOIN community AS c ON c.id = i.community_id
--;
ALTER TABLE item DROP COLUMN limit_count
--;
ALTER TABLE item DROP COLUMN limit_period
--;
CREATE INDEX ix_item_price_item ON item_price (community_id, item_id, announced_at)
--;
CREATE TRIGGER item_price_rows_stay BEFORE UPDATE OR DELETE ON item_price FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER item_price_no_truncate BEFORE TRUNCATE ON item_price FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE INDEX ix_redemption_member ON redemption (community_id, member_id, scanned_at)
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
CREATE TRIGGER refund_rows_stay BEFORE UPDATE OR DELETE ON refund FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER refund_no_truncate BEFORE TRUNCATE ON refund FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE INDEX ix_refund_line_order ON refund_line (community_id, order_id)
--;
CREATE TRIGGER refund_line_rows_stay BEFORE UPDATE OR DELETE ON refund_line FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER refund_line_no_truncate BEFORE TRUNCATE ON refund_line FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE INDEX ix_order_move_order ON order_move (community_id, order_id, id)
--;
CREATE INDEX ix_order_move_shop ON order_move (community_id, from_shop_id, moved_at)
--;
CREATE TRIGGER order_move_rows_stay BEFORE UPDATE OR DELETE ON order_move FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER order_move_no_truncate BEFORE TRUNCATE ON order_move FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
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
CREATE TRIGGER uploaded_scan_rows_stay BEFORE UPDATE OR DELETE ON uploaded_scan FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER uploaded_scan_no_truncate BEFORE TRUNCATE ON uploaded_scan FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER quarantine_note_rows_stay BEFORE UPDATE OR DELETE ON quarantine_note FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER quarantine_note_no_truncate BEFORE TRUNCATE ON quarantine_note FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE INDEX ix_shift_shop ON shift (community_id, shop_id, began_at)
--;
CREATE INDEX ix_shift_staff ON shift (community_id, staff_id, began_at)
--;
CREATE TRIGGER day_close_rows_stay BEFORE UPDATE OR DELETE ON day_close FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER day_close_no_truncate BEFORE TRUNCATE ON day_close FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER day_count_rows_stay BEFORE UPDATE OR DELETE ON day_count FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER day_count_no_truncate BEFORE TRUNCATE ON day_count FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER day_countersign_rows_stay BEFORE UPDATE OR DELETE ON day_countersign FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER day_countersign_no_truncate BEFORE TRUNCATE ON day_countersign FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE INDEX ix_unit_value_from ON unit_value (community_id, valid_from)
--;
CREATE TRIGGER unit_value_rows_stay BEFORE UPDATE OR DELETE ON unit_value FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER unit_value_no_truncate BEFORE TRUNCATE ON unit_value FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_statement_rows_stay BEFORE UPDATE OR DELETE ON settlement_statement FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_statement_no_truncate BEFORE TRUNCATE ON settlement_statement FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_line_rows_stay BEFORE UPDATE OR DELETE ON settlement_line FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_line_no_truncate BEFORE TRUNCATE ON settlement_line FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_signature_rows_stay BEFORE UPDATE OR DELETE ON settlement_signature FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER settlement_signature_no_truncate BEFORE TRUNCATE ON settlement_signature FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER fund_entry_rows_stay BEFORE UPDATE OR DELETE ON fund_entry FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER fund_entry_no_truncate BEFORE TRUNCATE ON fund_entry FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER fund_confirmation_rows_stay BEFORE UPDATE OR DELETE ON fund_confirmation FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER fund_confirmation_no_truncate BEFORE TRUNCATE ON fund_confirmation FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
--;
ALTER TABLE code_token ADD CONSTRAINT ck_code_token_purpose CHECK (purpose IN ('order', 'card', 'roll_call', 'shop', 'voucher', 'enrolment'))
--;
ALTER TABLE community ADD CONSTRAINT ck_community_card_daily_cap CHECK (card_daily_cap BETWEEN 0 AND 1000)
--;
ALTER TABLE community ADD CONSTRAINT ck_community_confirm_above CHECK (confirm_above BETWEEN 0 AND 10000)
--;
ALTER TABLE community ADD CONSTRAINT ck_community_offline_allowance CHECK (offline_allowance BETWEEN 0 AND 200)
--;
ALTER TABLE transfer ADD CONSTRAINT ck_transfer_code CHECK (code IN ('grant', 'award', 'order', 'redemption', 'cancel', 'lapse', 'annul', 'refund', 'expiry', 'gift', 'correction', 'objection', 'opening', 'deposit', 'allowance', 'voucher'))
--;
ALTER TABLE shop ADD CONSTRAINT ck_shop_kind CHECK (kind IN ('shop', 'partner'))
--;
ALTER TABLE shop ADD CONSTRAINT ck_shop_door CHECK (door IN ('hours', 'open', 'closed'))
--;
ALTER TABLE item ADD CONSTRAINT uq_item_community_id_barcode UNIQUE (community_id, barcode)
--;
ALTER TABLE item ADD CONSTRAINT ck_item_kind CHECK (kind IN ('goods', 'service', 'ticket', 'policy', 'time credit', 'loan', 'honour', 'transfer'))
--;
ALTER TABLE item ADD CONSTRAINT ck_item_voucher_days CHECK (voucher_days BETWEEN 1 AND 3660)
--;
ALTER TABLE item ADD CONSTRAINT ck_item_next_price CHECK ((next_from IS NULL) = (next_points IS NULL) AND (next_from IS NULL) = (next_reference_fen IS NULL))
--;
ALTER TABLE item ADD CONSTRAINT ck_item_next_price_not_negative CHECK (next_points >= 0 AND next_reference_fen >= 0)
--;
ALTER TABLE redemption ADD CONSTRAINT uq_redemption_community_id_used_mark UNIQUE (community_id, used_mark)
--;
ALTER TABLE redemption ADD CONSTRAINT ck_redemption_status CHECK (status IN ('ok', 'error', 'conflict'))
--;
ALTER TABLE redemption ADD CONSTRAINT ck_redemption_means CHECK (means IN ('order', 'card', 'code', 'own_phone'))
--;
ALTER TABLE redemption ADD CONSTRAINT ck_redemption_reason CHECK ((status <> 'ok') = (reason IS NOT NULL))
--;
ALTER TABLE shop_order ADD CONSTRAINT ck_shop_order_way CHECK (way IN ('ahead', 'counter'))
--;
ALTER TABLE shop_order ADD CONSTRAINT ck_shop_order_token CHECK ((way = 'ahead') = (token IS NOT NULL))
--;
ALTER TABLE stock_move ADD CONSTRAINT ck_stock_move_move CHECK (move IN ('received', 'handed_over', 'annulled', 'refunded', 'counted', 'spoiled', 'expired', 'sent', 'arrived', 'lent', 'brought_back', 'places'))
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_made_by FOREIGN KEY(community_id, made_by) REFERENCES member (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_shop_account_id FOREIGN KEY(community_id, shop_account_id) REFERENCES account (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE allowance ADD CONSTRAINT fk_allowance_community_id_wallet_id FOREIGN KEY(community_id, wallet_id) REFERENCES account (community_id, id)
--;
ALTER TABLE basket_line ADD CONSTRAINT fk_basket_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE basket_line ADD CONSTRAINT fk_basket_line_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE basket_line ADD CONSTRAINT fk_basket_line_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE care_entry ADD CONSTRAINT fk_care_entry_community_id_confirmed_by FOREIGN KEY(community_id, confirmed_by) REFERENCES member (community_id, id)
--;
ALTER TABLE care_entry ADD CONSTRAINT fk_care_entry_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE care_entry ADD CONSTRAINT fk_care_entry_community_id_proposed_by FOREIGN KEY(community_id, proposed_by) REFERENCES member (community_id, id)
--;
ALTER TABLE day_close ADD CONSTRAINT fk_day_close_community_id_closed_by FOREIGN KEY(community_id, closed_by) REFERENCES member (community_id, id)
--;
ALTER TABLE day_close ADD CONSTRAINT fk_day_close_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE day_count ADD CONSTRAINT fk_day_count_community_id_close_id FOREIGN KEY(community_id, close_id) REFERENCES day_close (community_id, id)
--;
ALTER TABLE day_count ADD CONSTRAINT fk_day_count_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE day_countersign ADD CONSTRAINT fk_day_countersign_community_id_close_id FOREIGN KEY(community_id, close_id) REFERENCES day_close (community_id, id)
--;
ALTER TABLE day_countersign ADD CONSTRAINT fk_day_countersign_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_community_id_confirmed_by FOREIGN KEY(community_id, confirmed_by) REFERENCES member (community_id, id)
--;
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_community_id_donor_id FOREIGN KEY(community_id, donor_id) REFERENCES donor (community_id, id)
--;
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_community_id_from_shop_id FOREIGN KEY(community_id, from_shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE delivery ADD CONSTRAINT fk_delivery_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE delivery_line ADD CONSTRAINT fk_delivery_line_community_id_delivery_id FOREIGN KEY(community_id, delivery_id) REFERENCES delivery (community_id, id)
--;
ALTER TABLE delivery_line ADD CONSTRAINT fk_delivery_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE device ADD CONSTRAINT fk_device_community_id_enrolled_by FOREIGN KEY(community_id, enrolled_by) REFERENCES member (community_id, id)
--;
ALTER TABLE device ADD CONSTRAINT fk_device_community_id_revoked_by FOREIGN KEY(community_id, revoked_by) REFERENCES member (community_id, id)
--;
ALTER TABLE device ADD CONSTRAINT fk_device_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE device_invite ADD CONSTRAINT fk_device_invite_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE device_invite ADD CONSTRAINT fk_device_invite_community_id_made_by FOREIGN KEY(community_id, made_by) REFERENCES member (community_id, id)
--;
ALTER TABLE device_token ADD CONSTRAINT fk_device_token_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE device_token ADD CONSTRAINT fk_device_token_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE donor ADD CONSTRAINT fk_donor_community_id_added_by FOREIGN KEY(community_id, added_by) REFERENCES member (community_id, id)
--;
ALTER TABLE fund_confirmation ADD CONSTRAINT fk_fund_confirmation_community_id_entry_id FOREIGN KEY(community_id, entry_id) REFERENCES fund_entry (community_id, id)
--;
ALTER TABLE fund_confirmation ADD CONSTRAINT fk_fund_confirmation_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE fund_entry ADD CONSTRAINT fk_fund_entry_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE gift ADD CONSTRAINT fk_gift_community_id_from_member_id FOREIGN KEY(community_id, from_member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE gift ADD CONSTRAINT fk_gift_community_id_from_wallet_id FOREIGN KEY(community_id, from_wallet_id) REFERENCES account (community_id, id)
--;
ALTER TABLE gift ADD CONSTRAINT fk_gift_community_id_to_member_id FOREIGN KEY(community_id, to_member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE gift ADD CONSTRAINT fk_gift_community_id_to_wallet_id FOREIGN KEY(community_id, to_wallet_id) REFERENCES account (community_id, id)
--;
ALTER TABLE gift ADD CONSTRAINT fk_gift_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE item ADD CONSTRAINT fk_item_community_id_partner_id FOREIGN KEY(community_id, partner_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE item_limit ADD CONSTRAINT fk_item_limit_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE item_price ADD CONSTRAINT fk_item_price_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id)
--;
ALTER TABLE item_price ADD CONSTRAINT fk_item_price_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_ended_by FOREIGN KEY(community_id, ended_by) REFERENCES member (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_lent_by FOREIGN KEY(community_id, lent_by) REFERENCES member (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE loan ADD CONSTRAINT fk_loan_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE member_key ADD CONSTRAINT fk_member_key_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE member_pin ADD CONSTRAINT fk_member_pin_community_id_id FOREIGN KEY(community_id, id) REFERENCES member (community_id, id)
--;
ALTER TABLE member_pin ADD CONSTRAINT fk_member_pin_community_id_set_by FOREIGN KEY(community_id, set_by) REFERENCES member (community_id, id)
--;
ALTER TABLE opening ADD CONSTRAINT fk_opening_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE order_move ADD CONSTRAINT fk_order_move_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id)
--;
ALTER TABLE order_move ADD CONSTRAINT fk_order_move_community_id_from_shop_id FOREIGN KEY(community_id, from_shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE order_move ADD CONSTRAINT fk_order_move_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id)
--;
ALTER TABLE order_move ADD CONSTRAINT fk_order_move_community_id_to_shop_id FOREIGN KEY(community_id, to_shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE quarantine_note ADD CONSTRAINT fk_quarantine_note_community_id_id FOREIGN KEY(community_id, id) REFERENCES uploaded_scan (community_id, id)
--;
ALTER TABLE quarantine_note ADD CONSTRAINT fk_quarantine_note_community_id_noted_by FOREIGN KEY(community_id, noted_by) REFERENCES member (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE redemption ADD CONSTRAINT fk_redemption_community_id_settled_by FOREIGN KEY(community_id, settled_by) REFERENCES member (community_id, id)
--;
ALTER TABLE refund ADD CONSTRAINT fk_refund_community_id_actor_id FOREIGN KEY(community_id, actor_id) REFERENCES member (community_id, id)
--;
ALTER TABLE refund ADD CONSTRAINT fk_refund_community_id_redemption_id FOREIGN KEY(community_id, redemption_id) REFERENCES redemption (community_id, id)
--;
ALTER TABLE refund_line ADD CONSTRAINT fk_refund_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE refund_line ADD CONSTRAINT fk_refund_line_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id)
--;
ALTER TABLE refund_line ADD CONSTRAINT fk_refund_line_community_id_refund_id FOREIGN KEY(community_id, refund_id) REFERENCES refund (community_id, id)
--;
ALTER TABLE settlement_line ADD CONSTRAINT fk_settlement_line_community_id_statement_id FOREIGN KEY(community_id, statement_id) REFERENCES settlement_statement (community_id, id)
--;
ALTER TABLE settlement_signature ADD CONSTRAINT fk_settlement_signature_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE settlement_signature ADD CONSTRAINT fk_settlement_signature_community_id_statement_id FOREIGN KEY(community_id, statement_id) REFERENCES settlement_statement (community_id, id)
--;
ALTER TABLE settlement_statement ADD CONSTRAINT fk_settlement_statement_community_id_account_id FOREIGN KEY(community_id, account_id) REFERENCES account (community_id, id)
--;
ALTER TABLE settlement_statement ADD CONSTRAINT fk_settlement_statement_community_id_drawn_by FOREIGN KEY(community_id, drawn_by) REFERENCES member (community_id, id)
--;
ALTER TABLE settlement_statement ADD CONSTRAINT fk_settlement_statement_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE shift ADD CONSTRAINT fk_shift_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE shift ADD CONSTRAINT fk_shift_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id)
--;
ALTER TABLE shop_code ADD CONSTRAINT fk_shop_code_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE shop_order ADD CONSTRAINT fk_shop_order_community_id_prepared_by FOREIGN KEY(community_id, prepared_by) REFERENCES member (community_id, id)
--;
ALTER TABLE stock_move ADD CONSTRAINT fk_stock_move_community_id_delivery_id FOREIGN KEY(community_id, delivery_id) REFERENCES delivery (community_id, id)
--;
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_community_id_begun_by FOREIGN KEY(community_id, begun_by) REFERENCES member (community_id, id)
--;
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_community_id_finished_by FOREIGN KEY(community_id, finished_by) REFERENCES member (community_id, id)
--;
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE stock_take ADD CONSTRAINT fk_stock_take_community_id_signed_by FOREIGN KEY(community_id, signed_by) REFERENCES member (community_id, id)
--;
ALTER TABLE stock_take_line ADD CONSTRAINT fk_stock_take_line_community_id_counted_by FOREIGN KEY(community_id, counted_by) REFERENCES member (community_id, id)
--;
ALTER TABLE stock_take_line ADD CONSTRAINT fk_stock_take_line_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE stock_take_line ADD CONSTRAINT fk_stock_take_line_community_id_take_id FOREIGN KEY(community_id, take_id) REFERENCES stock_take (community_id, id)
--;
ALTER TABLE till_request ADD CONSTRAINT fk_till_request_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE till_request ADD CONSTRAINT fk_till_request_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE till_request ADD CONSTRAINT fk_till_request_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE till_request ADD CONSTRAINT fk_till_request_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id)
--;
ALTER TABLE unit_value ADD CONSTRAINT fk_unit_value_community_id_set_by FOREIGN KEY(community_id, set_by) REFERENCES member (community_id, id)
--;
ALTER TABLE uploaded_scan ADD CONSTRAINT fk_uploaded_scan_community_id_device_id FOREIGN KEY(community_id, device_id) REFERENCES device (community_id, id)
--;
ALTER TABLE uploaded_scan ADD CONSTRAINT fk_uploaded_scan_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE uploaded_scan ADD CONSTRAINT fk_uploaded_scan_community_id_staff_id FOREIGN KEY(community_id, staff_id) REFERENCES member (community_id, id)
--;
ALTER TABLE uploaded_scan ADD CONSTRAINT fk_uploaded_scan_community_id_told_by FOREIGN KEY(community_id, told_by) REFERENCES member (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_household_id FOREIGN KEY(community_id, household_id) REFERENCES household (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_order_id FOREIGN KEY(community_id, order_id) REFERENCES shop_order (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_partner_id FOREIGN KEY(community_id, partner_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_sold_by FOREIGN KEY(community_id, sold_by) REFERENCES shop (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_transfer_id FOREIGN KEY(community_id, transfer_id) REFERENCES transfer (community_id, id)
--;
ALTER TABLE voucher ADD CONSTRAINT fk_voucher_community_id_used_by FOREIGN KEY(community_id, used_by) REFERENCES member (community_id, id)
--;
ALTER TABLE wish ADD CONSTRAINT fk_wish_community_id_answered_by FOREIGN KEY(community_id, answered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE wish ADD CONSTRAINT fk_wish_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE wish_backing ADD CONSTRAINT fk_wish_backing_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE wish_backing ADD CONSTRAINT fk_wish_backing_community_id_wish_id FOREIGN KEY(community_id, wish_id) REFERENCES wish (community_id, id)
--;
ALTER TABLE write_off ADD CONSTRAINT fk_write_off_community_id_entered_by FOREIGN KEY(community_id, entered_by) REFERENCES member (community_id, id)
--;
ALTER TABLE write_off ADD CONSTRAINT fk_write_off_community_id_item_id FOREIGN KEY(community_id, item_id) REFERENCES item (community_id, id)
--;
ALTER TABLE write_off ADD CONSTRAINT fk_write_off_community_id_shop_id FOREIGN KEY(community_id, shop_id) REFERENCES shop (community_id, id)
--;
ALTER TABLE write_off ADD CONSTRAINT fk_write_off_community_id_signed_by FOREIGN KEY(community_id, signed_by) REFERENCES member (community_id, id)
--;
CREATE TABLE helper_session (
    helper_id UUID NOT NULL,
    member_id UUID NOT NULL,
    card_id UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_helper_session PRIMARY KEY (community_id, id),
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
    session_id UUID NOT NULL,
    act VARCHAR(40) NOT NULL,
    subject_id UUID,
    done_at TIMESTAMP WITH TIME ZONE NOT NULL,
    community_id BIGINT NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_helped_act PRIMARY KEY (community_id, id),
    CONSTRAINT fk_helped_act_community_id FOREIGN KEY(community_id) REFERENCES community (id)
)
--;
CREATE INDEX ix_helped_act_session ON helped_act (community_id, session_id)
--;
CREATE INDEX ix_helped_act_subject ON helped_act (community_id, subject_id)
--;
ALTER TABLE helper_session ADD CONSTRAINT fk_helper_session_community_id_card_id FOREIGN KEY(community_id, card_id) REFERENCES card (community_id, id)
--;
ALTER TABLE helper_session ADD CONSTRAINT fk_helper_session_community_id_helper_id FOREIGN KEY(community_id, helper_id) REFERENCES member (community_id, id)
--;
ALTER TABLE helper_session ADD CONSTRAINT fk_helper_session_community_id_member_id FOREIGN KEY(community_id, member_id) REFERENCES member (community_id, id)
--;
ALTER TABLE helped_act ADD CONSTRAINT fk_helped_act_community_id_session_id FOREIGN KEY(community_id, session_id) REFERENCES helper_session (community_id, id)
--;
CREATE TRIGGER helped_act_rows_stay BEFORE UPDATE OR DELETE ON helped_act FOR EACH ROW EXECUTE FUNCTION rows_stay()
--;
CREATE TRIGGER helped_act_no_truncate BEFORE TRUNCATE ON helped_act FOR EACH STATEMENT EXECUTE FUNCTION rows_stay()
