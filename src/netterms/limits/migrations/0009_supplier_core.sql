-- The supplier's name in the spelling that it is compared by: without case, marks and legal form.
alter table trade_reference add column supplier_core text collate "C";
