-- Of the invoices `i` of a buyer seen (`c`) on a day, and of its loss `l`: was it in default on that day, when there was
-- nothing to forecast any more, and did it default until `until_on`? A default is an invoice newly more than 90 days
-- past due, or a buyer that is lost.
    MAX(CASE WHEN l.lost_on <= c.seen_on THEN 1
             WHEN date_diff('day', i.due_on, c.seen_on) > 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE i.settled_on > c.seen_on END)
             THEN 1 ELSE 0 END) AS was_in_default,
    MAX(CASE WHEN l.lost_on <= c.until_on THEN 1
             WHEN date_diff('day', i.due_on, c.seen_on) <= 90
              AND date_diff('day', i.due_on, c.until_on) > 90
              AND (CASE WHEN i.settled_on IS NULL THEN i.open_minor > 0
                        ELSE date_diff('day', i.due_on, i.settled_on) > 90 END)
             THEN 1 ELSE 0 END) AS defaulted
