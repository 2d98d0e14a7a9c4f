-- The worth of a third of all tasks changes in a day. As long as no index holds it, a new worth is written beside
-- the old one on its page, and no index is touched; the list is sorted when it is looked at.
drop index action_ranked;
create index action_todo on collection_action (seller_id, stage, planned_on)
  where state in ('planned', 'failed') and (step <> 'email_reminder' or state = 'failed');
alter table collection_action set (fillfactor = 85);
-- Reminders alone are looked for among what is to be sent.
drop index action_planned;
create index action_reminder on collection_action (seller_id, id)
  where step = 'email_reminder' and state in ('planned', 'sending');
-- The unique key begins with the case as well.
drop index action_of_case;
-- Two invoices in a hundred move in a day, spread over all pages: each page has room for them.
alter table invoice_stage set (fillfactor = 90);
