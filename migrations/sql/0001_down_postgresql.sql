DROP TABLE api_token, attempt, area, phone, code_token, community, credential, stored_answer, account, transfer, open_pending, failed_transfer, lot, lot_use, notice, objection, grid, household, member, role, card, admin_act, record, record_event, evidence, record_evidence, review_session, seat, agenda_item, recusal, ballot, rule_version, rule_item, shop, item, redemption, shop_order, order_line, stock, stock_move CASCADE
--;
DROP FUNCTION rows_stay()
--;
DROP FUNCTION account_opens_empty()
--;
DROP FUNCTION transfer_move()
