DROP TABLE area, phone, code_token, api_token, attempt, community, grid, household, member, role, card, relation, admin_act, group_term, group_seat, account, transfer, open_pending, failed_transfer, lot, lot_use, rule_version, rule_item, rule_warning, rule_draft, rule_draft_item, record, record_event, evidence, record_evidence, review_session, seat, draw_candidate, agenda_item, recusal, ballot, ballot_change, secret_vote, paper_tally, conduct_case, conduct_event, conduct_evidence, notice, objection, recheck_round, recheck, sealed_leaf, sealed_node, checkpoint, seal_salt, shop, opening, item, stock, stock_move, shop_order, order_line, member_key, member_pin, device, redemption, till_request, refund, refund_line, credential, stored_answer CASCADE
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
