DROP TRIGGER admin_act_no_update
--;
DROP TRIGGER admin_act_no_delete
--;
DROP TRIGGER admin_act_no_replace
--;
DROP TRIGGER account_opens_empty
--;
DROP TRIGGER account_keeps_its_name
--;
DROP TRIGGER account_stays
--;
DROP TRIGGER transfer_no_update
--;
DROP TRIGGER transfer_no_delete
--;
DROP TRIGGER transfer_no_replace
--;
DROP TRIGGER transfer_check
--;
DROP TRIGGER transfer_move
--;
DROP TRIGGER lot_use_no_update
--;
DROP TRIGGER lot_use_no_delete
--;
DROP TRIGGER lot_use_no_replace
--;
DROP TRIGGER rule_version_no_update
--;
DROP TRIGGER rule_version_no_delete
--;
DROP TRIGGER rule_version_no_replace
--;
DROP TRIGGER rule_item_no_update
--;
DROP TRIGGER rule_item_no_delete
--;
DROP TRIGGER rule_item_no_replace
--;
DROP TRIGGER record_event_no_update
--;
DROP TRIGGER record_event_no_delete
--;
DROP TRIGGER record_event_no_replace
--;
DROP TRIGGER stock_move_no_update
--;
DROP TRIGGER stock_move_no_delete
--;
DROP TRIGGER stock_move_no_replace
--;
DROP TABLE transfer
--;
DROP TABLE stored_answer
--;
DROP TABLE stock_move
--;
DROP TABLE stock
--;
DROP TABLE shop_order
--;
DROP TABLE shop
--;
DROP TABLE seat
--;
DROP TABLE rule_version
--;
DROP TABLE rule_item
--;
DROP TABLE role
--;
DROP TABLE review_session
--;
DROP TABLE redemption
--;
DROP TABLE recusal
--;
DROP TABLE record_evidence
--;
DROP TABLE record_event
--;
DROP TABLE record
--;
DROP TABLE order_line
--;
DROP TABLE open_pending
--;
DROP TABLE objection
--;
DROP TABLE notice
--;
DROP TABLE member
--;
DROP TABLE lot_use
--;
DROP TABLE lot
--;
DROP TABLE item
--;
DROP TABLE household
--;
DROP TABLE grid
--;
DROP TABLE failed_transfer
--;
DROP TABLE evidence
--;
DROP TABLE credential
--;
DROP TABLE card
--;
DROP TABLE ballot
--;
DROP TABLE agenda_item
--;
DROP TABLE admin_act
--;
DROP TABLE account
--;
DROP TABLE community
--;
DROP TABLE phone
--;
DROP TABLE code_token
--;
DROP TABLE attempt
--;
DROP TABLE area
--;
DROP TABLE api_token
