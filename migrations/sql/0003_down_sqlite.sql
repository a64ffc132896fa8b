DROP TABLE stored_answer
--;
DROP TABLE credential
--;
DROP TABLE fund_confirmation
--;
DROP TABLE fund_entry
--;
DROP TABLE settlement_signature
--;
DROP TABLE settlement_line
--;
DROP TABLE settlement_statement
--;
DROP TABLE unit_value
--;
DROP TABLE day_countersign
--;
DROP TABLE day_count
--;
DROP TABLE day_close
--;
DROP TABLE shift
--;
DROP TABLE quarantine_note
--;
DROP TABLE uploaded_scan
--;
DROP TABLE allowance
--;
DROP TABLE loan
--;
DROP TABLE device_invite
--;
DROP TABLE device_token
--;
DROP TABLE device
--;
DROP TABLE write_off
--;
DROP TABLE stock_take_line
--;
DROP TABLE stock_take
--;
DROP TABLE delivery_line
--;
DROP TABLE delivery
--;
DROP TABLE donor
--;
DROP TABLE wish_backing
--;
DROP TABLE wish
--;
DROP TABLE gift
--;
DROP TABLE seal_salt
--;
DROP TABLE checkpoint
--;
DROP TABLE sealed_node
--;
DROP TABLE sealed_leaf
--;
DROP TABLE recheck
--;
DROP TABLE recheck_round
--;
DROP TABLE objection
--;
DROP TABLE notice
--;
DROP TABLE conduct_evidence
--;
DROP TABLE conduct_event
--;
DROP TABLE conduct_case
--;
DROP TABLE paper_tally
--;
DROP TABLE secret_vote
--;
DROP TABLE ballot_change
--;
DROP TABLE ballot
--;
DROP TABLE recusal
--;
DROP TABLE agenda_item
--;
DROP TABLE draw_candidate
--;
DROP TABLE seat
--;
DROP TABLE review_session
--;
DROP TABLE record_evidence
--;
DROP TABLE evidence
--;
DROP TABLE record_event
--;
DROP TABLE record
--;
DROP TABLE rule_draft_item
--;
DROP TABLE rule_draft
--;
DROP TABLE rule_warning
--;
DROP TABLE rule_item
--;
DROP TABLE rule_version
--;
DROP TABLE group_seat
--;
DROP TABLE group_term
--;
DROP TABLE voucher
--;
DROP TABLE shop_code
--;
DROP TABLE member_pin
--;
DROP TABLE member_key
--;
DROP TABLE stock_move
--;
DROP TABLE stock
--;
DROP TABLE basket_line
--;
DROP TABLE order_move
--;
DROP TABLE order_line
--;
DROP TABLE shop_order
--;
DROP TABLE refund_line
--;
DROP TABLE refund
--;
DROP TABLE till_request
--;
DROP TABLE redemption
--;
DROP TABLE item_price
--;
DROP TABLE item_limit
--;
DROP TABLE item
--;
DROP TABLE opening
--;
DROP TABLE shop
--;
DROP TABLE helped_act
--;
DROP TABLE helper_session
--;
DROP TABLE admin_act
--;
DROP TABLE relation
--;
DROP TABLE card
--;
DROP TABLE role
--;
DROP TABLE member
--;
DROP TABLE household
--;
DROP TABLE grid
--;
DROP TABLE lot_use
--;
DROP TABLE lot
--;
DROP TABLE failed_transfer
--;
DROP TABLE open_pending
--;
DROP TABLE transfer
--;
DROP TABLE account
--;
DROP TABLE care_entry
--;
DROP TABLE community
--;
DROP TABLE attempt
--;
DROP TABLE api_token
--;
DROP TABLE code_token
--;
DROP TABLE phone
--;
DROP TABLE area
