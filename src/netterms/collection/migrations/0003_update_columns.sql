-- An invoice moves from stage to stage, never to another seller or invoice.
revoke update on invoice_stage from netterms_app;
grant update (stage, since) on invoice_stage to netterms_app;
