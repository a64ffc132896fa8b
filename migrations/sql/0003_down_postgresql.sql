DROP TABLE area, phone, code_token, api_token, attempt, community, care_entry, account, transfer, open_pending, failed_transfer, lot, lot_use, grid, household, member, role, card, relation, helper_session, helped_act, admin_act, shop, opening, item, item_limit, item_price, redemption, till_request, refund, refund_line, shop_order, order_line, order_move, basket_line, stock, stock_move, member_key, member_pin, shop_code, voucher, group_term, group_seat, rule_version, rule_item, rule_warning, rule_draft, rule_draft_item, record, record_event, evidence, record_evidence, review_session, seat, draw_candidate, agenda_item, recusal, ballot, ballot_change, secret_vote, paper_tally, conduct_case, conduct_event, conduct_evidence, notice, objection, recheck_round, recheck, sealed_leaf, sealed_node, checkpoint, seal_salt, gift, wish, wish_backing, donor, delivery, delivery_line, stock_take, stock_take_line, write_off, device, device_token, device_invite, loan, allowance, uploaded_scan, quarantine_note, shift, day_close, day_count, day_countersign, unit_value, settlement_statement, settlement_line, settlement_signature, fund_entry, fund_confirmation, credential, stored_answer CASCADE
--;
DROP FUNCTION rows_stay()
--;
DROP FUNCTION account_opens_empty()
--;
DROP FUNCTION transfer_move()
--;
DROP FUNCTION review_session_terms_stay()
--;
DROP FUNCTION ballot_of_open_session()
