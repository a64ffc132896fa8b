DROP TABLE transfer, stored_answer, stock_move, stock, shop_order, shop, seat, rule_version, rule_item, role, review_session, redemption, recusal, record_evidence, record_event, record, order_line, open_pending, objection, notice, member, lot_use, lot, item, household, grid, failed_transfer, evidence, credential, card, ballot, agenda_item, admin_act, account, community, phone, code_token, attempt, area, api_token CASCADE
--;
DROP FUNCTION account_opens_empty()
--;
DROP FUNCTION rows_stay()
--;
DROP FUNCTION transfer_move()
