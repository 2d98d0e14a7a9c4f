-- Rows whose number the book knows with another buyer, currency or amount, or with less open.
select row_no, invoice_number, differs
from known
where differs or paid_minor < 0
order by row_no
limit 1000
