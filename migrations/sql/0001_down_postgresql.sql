DROP TABLE area, phone, code_token, api_token, attempt, community, grid, household, member, role, card, admin_act, account, transfer, open_pending, failed_transfer, lot, lot_use, rule_version, rule_item, record, record_event, evidence, record_evidence, review_session, seat, agenda_item, recusal, ballot, notice, objection, shop, item, stock, stock_move, shop_order, order_line, redemption, credential, stored_answer CASCADE
--;
DROP FUNCTION rows_stay()
--;
DROP FUNCTION account_opens_empty()
--;
DROP FUNCTION transfer_move()
