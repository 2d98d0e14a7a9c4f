-- Why a line cannot carry `more` on top of what it holds; empty when it can. As in authorise_orders.
create or replace function room_reasons(l credit_line, caps exposure_cap[], p_today date, more bigint) returns text[]
  language sql immutable
  return case
    when l.buyer_id is null then '{no_line}'::text[]
    when l.status <> 'open' then array['line_' || l.status]
    when l.cap_ids <> '{}' and l.cap_rate is null then '{no_rate}'
    else array(
      select 'over_limit' where more > l.limit_minor - l.held_minor - greatest(l.owed_minor, 0)
        + case when p_today <= l.top_up_until then l.top_up_minor else 0 end
      union all
      select 'over_' || x.kind || '_cap'
      from unnest(l.cap_ids) with ordinality c(id, nth) join unnest(caps) x on x.id = c.id
      where capped_minor(l.held_minor + more, l.owed_minor, l.cap_rate)
              - capped_minor(l.held_minor, l.owed_minor, l.cap_rate) > x.limit_minor - x.used_minor
    ) end;

-- The numbers of what becomes of one order by one move: the label, or one for each part of it.
create or replace function paper_numbers(label text, parts int) returns text[]
  language sql immutable parallel safe
  return case when parts > 1 then array(select label || '.' || part from generate_series(1, parts) part)
              else array[label] end;

-- One array of moves on orders that exist (amend, capture, void, expire, refund, approve, decline), each
-- answered: 201 moved now, 200 moved before, 404, 409 or 422 with a code and nothing moved. Locks and
-- races as in authorise_orders. An amount that is null means all there is (capture, refund). Papers are issued on
-- a day from `earliest` to `latest`, and count on the order's line at the order's rate, whatever day that is.
create or replace function move_orders(
  p_seller uuid, p_home text, p_actor text, p_why text, p_now timestamptz, p_today date,
  p_key text[], p_print text[], p_order uuid[], p_move text[], p_amount bigint[],
  p_number text[], p_issued date[]
) returns table (nth int, status int, answer text)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  n constant int := coalesce(cardinality(p_key), 0);
  -- Goods of last month may be reported now, and where the caller is it may be tomorrow; our convention.
  earliest constant date := p_today - 31;
  latest constant date := p_today + 1;
  -- The last closed day; papers alone ask for it.
  closed date;
  orders credit_order[];
  -- By order: the currency of the line it is held on, or would be.
  line_of char(3)[];
  -- Whether one would be on another line than that of its currency.
  elsewhere boolean;
  lines credit_line[];
  caps exposure_cap[];
  o credit_order;
  l credit_line;
  r record;
  i int;
  k int;
  j int;
  c uuid;
  amount bigint;
  captures boolean;
  done bigint;
  most bigint;
  part bigint;
  parts int;
  want bigint;
  before bigint;
  reasons text[];
  outcome text;
  fail text;
  least_ok bigint;
  most_ok bigint;
  rate numeric;
  numbers text[];
  o_status int[] := array_fill(201, array[n]);
  o_answer jsonb[] := array_fill(null::jsonb, array[n]);
  o_kind text[] := array_fill(null::text, array[n]);
  -- Which request's papers an answer names: its own, or those of the one it repeats.
  o_first int[] := array(select generate_series(1, n));
  -- Papers to write: invoices (one for each instalment) and credit notes.
  f_nth int[] := '{}';
  f_order int[] := '{}';
  f_kind text[] := '{}';
  f_number text[] := '{}';
  f_amount bigint[] := '{}';
  -- What each counts for on its line.
  f_lined bigint[] := '{}';
  f_issued date[] := '{}';
  f_due date[] := '{}';
  -- The credit notes among the papers, when they are written.
  notes uuid[];
begin
  perform set_config('netterms.seller_id', p_seller::text, true);

  select array_agg(x.one order by x.id) into orders
  from (
    select x as one, x.id from credit_order x
    where x.seller_id = p_seller and x.id in (select unnest(p_order))
    order by x.id
    for update
  ) x;
  if 'refund' = any (p_move) then
    -- Invoices before lines, as whoever books a payment locks them.
    perform from invoice i
    where i.seller_id = p_seller and i.kind = 'invoice' and i.open_minor > 0 and i.id in (
      select x.invoice_id from order_invoice x
      join unnest(p_order, p_move) a(order_id, move) on a.order_id = x.order_id and a.move = 'refund'
      where x.seller_id = p_seller)
    order by i.id
    for update;
  end if;
  -- One that waits for a person may have had no line when it was asked for.
  select array_agg(coalesce(q.line_currency, m.currency) order by q.ordinality),
         bool_or(m.currency <> q.currency)
  into line_of, elsewhere
  from unnest(orders) with ordinality q
  left join lateral (
    select y.currency from credit_line y
    where y.seller_id = p_seller and y.buyer_id = q.buyer_id and y.currency in (q.currency, p_home)
    order by y.currency = q.currency desc limit 1
  ) m on q.line_currency is null;
  select array_agg(x.one order by x.buyer_id, x.currency) into lines
  from (
    select x as one, x.buyer_id, x.currency
    from (select distinct q.buyer_id, line_of[q.ordinality] as currency from unnest(orders) with ordinality q) q
    join credit_line x on x.seller_id = p_seller and x.buyer_id = q.buyer_id and x.currency = q.currency
    order by x.buyer_id, x.currency
    for update of x
  ) x;
  -- As in authorise_orders.
  if elsewhere and exists (
    select from unnest(orders) with ordinality q
    join credit_line x on x.seller_id = p_seller and x.buyer_id = q.buyer_id and x.currency = q.currency
    where q.line_currency is null and line_of[q.ordinality] <> q.currency
  ) then
    raise serialization_failure using message = 'a line was opened meanwhile';
  end if;
  select array_agg(x.one order by x.id) into caps
  from (
    select x as one, x.id from exposure_cap x
    where x.seller_id = p_seller and x.id in (select unnest(q.cap_ids) from unnest(lines) q)
    order by x.id
    for update
  ) x;
  if p_move && '{capture,refund}' then
    -- Whoever closes a period waits for bookings, and they for it: as refuse_closed.
    perform pg_advisory_xact_lock_shared(hashtextextended('period/' || current_seller(), 0));
    closed := closed_until();
  end if;

  for r in
    select a.nth::int as nth, a.key, a.print, a.move, a.amount, coalesce(a.issued, p_today) as issued, a.number,
           q.ordinality::int as pos, x.ordinality::int as line, known.fingerprint, known.answer, a.first_key,
           array(select v.invoice_number from invoice v where v.seller_id = p_seller and v.company_code = ''
                 and v.invoice_number = any (w.labels || w.parted)) as taken
    from (
      select a.*, min(a.nth) over (partition by a.key) as first_key,
             count(*) over (partition by a.order_id order by a.nth) as nth_of_order
      from unnest(p_key, p_print, p_order, p_move, p_amount, p_number, p_issued)
           with ordinality a(key, print, order_id, move, amount, number, issued, nth)
    ) a
    left join unnest(orders) with ordinality q on q.id = a.order_id
    left join unnest(lines) with ordinality x on x.buyer_id = q.buyer_id and x.currency = line_of[q.ordinality]
    -- Every number that a paper of this request may get; where none is given, it depends on what the requests
    -- before it do to the order.
    left join lateral (
      select array_agg(t.label) as labels,
             array_agg(t.label || '.' || part) as parted
      from (
        select case when a.number is null then q.order_number || '-' || (q.version + later) else a.number end as label
        from generate_series(0, case when a.number is null then a.nth_of_order - 1 else 0 end) later
      ) t
      cross join generate_series(1, case when a.move = 'capture' then coalesce(q.instalments, x.instalments) else 1 end)
        part
    ) w on a.move in ('capture', 'refund')
    left join lateral (select x.fingerprint, x.answer from idempotency_key x
                       where x.seller_id = p_seller and x.key = a.key limit 1) known on true
    order by a.nth
  loop
    i := r.nth;
    k := r.first_key;
    if r.fingerprint is not null then
      o_status[i] := case when r.fingerprint = r.print then 200 else 409 end;
      o_answer[i] := case when r.fingerprint = r.print then r.answer else '{"code": "key_reused"}' end;
      continue;
    elsif k < i then
      o_status[i] := case when p_print[k] = r.print then 200 else 409 end;
      o_answer[i] := case when p_print[k] = r.print then o_answer[k] else '{"code": "key_reused"}' end;
      o_first[i] := case when p_print[k] = r.print then k else i end;
      -- The first of the two may have been refused: so is its repetition, with the same words.
      if p_print[k] = r.print and o_status[k] >= 400 then
        o_status[i] := o_status[k];
      end if;
      continue;
    elsif r.pos is null then
      o_status[i] := 404;
      o_answer[i] := '{"code": "not_found"}';
      continue;
    end if;

    o := orders[r.pos];
    k := r.line;
    l := lines[k];
    reasons := '{}';
    outcome := 'done';
    fail := null;
    least_ok := null;
    most_ok := null;
    before := case when k is null then 0 else capped_minor(l.held_minor, l.owed_minor, l.cap_rate) end;

    if not order_may(o.state, r.move) then
      fail := 'move_not_allowed';
    elsif r.move in ('amend', 'capture', 'approve') and o.expires_at <= p_now then
      fail := 'order_expired';
    elsif r.move = 'expire' and o.expires_at > p_now then
      fail := 'not_yet_expired';
    elsif r.move in ('amend', 'approve') then
      amount := coalesce(r.amount, o.amount_minor);
      if amount < greatest(o.captured_minor, 1) then
        fail := 'amount_out_of_range';
        least_ok := greatest(o.captured_minor, 1);
      elsif r.move = 'amend' and o.state = 'pending' then
        o.amount_minor := amount;
      else
        rate := coalesce(o.rate, case when k is not null then minor_rate(o.currency, l.currency, p_today) end);
        if rate is null then
          reasons := case when k is null then '{no_line}' else '{no_rate}' end::text[];
        else
          want := lined_minor(amount, rate) - lined_minor(o.captured_minor, rate) - o.held_minor;
          reasons := case when want > 0 then room_reasons(l, caps, p_today, want) else '{}' end;
        end if;
        if reasons = '{}' then
          if o.line_currency is null then
            o.line_currency := l.currency;
            o.net_days := l.net_days;
            o.discount_percent := l.discount_percent;
            o.discount_days := l.discount_days;
            o.instalments := l.instalments;
          end if;
          if o.rate is null then
            o.rate := rate;
            o.rate_on := p_today;
          end if;
          o.amount_minor := amount;
          o.authorised_minor := amount;
          o.held_minor := o.held_minor + want;
          l.held_minor := l.held_minor + want;
          o.reasons := '{}';
          o.state := case when o.captured_minor = amount then 'captured'
                          when o.captured_minor > 0 then 'part_captured' else 'authorised' end;
        else
          outcome := 'declined';
        end if;
      end if;
    elsif r.move in ('capture', 'refund') then
      captures := r.move = 'capture';
      done := case when captures then o.captured_minor else o.refunded_minor end;
      most := case when captures then o.authorised_minor else o.captured_minor end - done;
      amount := coalesce(r.amount, most);
      parts := case when captures then least(o.instalments, amount) else 1 end;
      numbers := paper_numbers(coalesce(r.number, o.order_number || '-' || o.version), parts);
      if amount < 1 or amount > most then
        fail := 'amount_out_of_range';
        least_ok := 1;
        most_ok := most;
      elsif r.issued <= closed then
        fail := 'period_closed';
      elsif r.issued not between earliest and latest then
        fail := 'issued_on_out_of_range';
      elsif numbers && r.taken or numbers && f_number then
        fail := 'invoice_number_taken';
      else
        -- Parts differ by one minor unit at most, the larger first; one too small for that many has fewer.
        for j in 1 .. parts loop
          part := amount / parts + case when j <= amount % parts then 1 else 0 end;
          want := lined_minor(done + part, o.rate) - lined_minor(done, o.rate);
          done := done + part;
          l.owed_minor := l.owed_minor + case when captures then want else -want end;
          f_nth := f_nth || i;
          f_order := f_order || r.pos;
          f_kind := f_kind || case when captures then 'invoice'::text else 'credit_note' end;
          f_number := f_number || numbers[j];
          f_amount := f_amount || part;
          f_lined := f_lined || want;
          f_issued := f_issued || r.issued;
          f_due := f_due || (r.issued + case when captures then o.net_days * j else 0 end);
        end loop;
        if captures then
          -- What is owed now was held before: together they are as much of the line as ever.
          want := lined_minor(o.authorised_minor, o.rate) - lined_minor(done, o.rate);
          l.held_minor := l.held_minor + want - o.held_minor;
          o.held_minor := want;
          o.captured_minor := done;
          o.state := case when done = o.authorised_minor then 'captured' else 'part_captured' end;
        else
          o.refunded_minor := done;
        end if;
      end if;
    else
      -- void, expire, decline: what is still held is free again.
      if k is not null then
        l.held_minor := l.held_minor - o.held_minor;
      end if;
      o.held_minor := 0;
      o.state := case when o.captured_minor > 0 then 'captured' when r.move = 'void' then 'voided'
                      when r.move = 'expire' then 'expired' else 'declined' end;
      o.authorised_minor := o.captured_minor;
    end if;

    if fail is not null then
      o_status[i] := case when fail like '%out_of_range' then 422 else 409 end;
      o_answer[i] := case
        when fail = 'issued_on_out_of_range'
        then jsonb_build_object('code', fail, 'field', 'issued_on', 'value', r.issued,
          'earliest', earliest, 'latest', latest)
        when fail = 'period_closed'
        then jsonb_build_object('code', fail, 'field', 'issued_on', 'value', r.issued, 'closed_until', closed)
        else jsonb_build_object('code', fail, 'move', r.move, 'state', o.state,
          'least_minor', least_ok, 'most_minor', most_ok,
          'currency', case when fail = 'amount_out_of_range' then o.currency end) end;
      continue;
    end if;
    if outcome = 'done' then
      o.version := o.version + 1;
      orders[r.pos] := o;
      if k is not null then
        lines[k] := l;
        foreach c in array l.cap_ids loop
          j := array_position(array(select x.id from unnest(caps) x), c);
          caps[j].used_minor := caps[j].used_minor
            + capped_minor(l.held_minor, l.owed_minor, l.cap_rate) - before;
        end loop;
      end if;
      o_kind[i] := case r.move when 'amend' then 'amended' when 'capture' then 'captured' when 'void' then 'voided'
        when 'expire' then 'expired' when 'refund' then 'refunded' when 'approve' then 'approved' else 'declined' end;
    else
      o_kind[i] := r.move || '_declined';
    end if;
    o_answer[i] := order_answer(o, case when k is not null then l.limit_minor
        + case when p_today <= l.top_up_until then l.top_up_minor else 0 end
        - l.held_minor - greatest(l.owed_minor, 0) end)
      || jsonb_build_object('outcome', outcome, 'amount_moved_minor', amount);
    if outcome = 'declined' then
      o_answer[i] := o_answer[i] || jsonb_build_object('reasons', to_jsonb(reasons));
    end if;
  end loop;

  with paper as (
    insert into invoice (seller_id, id, buyer_id, invoice_number, kind, currency, amount_minor, open_minor,
                         issued_on, due_on, state, line_currency, line_minor)
    select p_seller, uuidv7(), q.buyer_id, f.number, f.kind, q.currency, f.amount, f.amount, f.issued, f.due, 'open',
           case when q.line_currency <> q.currency then q.line_currency end,
           case when q.line_currency <> q.currency then f.lined end
    from unnest(f_order, f_kind, f_number, f_amount, f_lined, f_issued, f_due)
         with ordinality f(pos, kind, number, amount, lined, issued, due, nth)
    join unnest(orders) with ordinality q on q.ordinality = f.pos
    order by f.number
    returning id, buyer_id, invoice_number, kind, currency, amount_minor, issued_on, due_on
  ),
  booked as (
    insert into journal_entry (seller_id, source_id, source_kind, booked_on, debit_account, credit_account,
                               currency, amount_minor, buyer_id)
    select p_seller, id, kind, issued_on, case kind when 'invoice' then 'receivable' else 'sales' end,
           case kind when 'invoice' then 'sales' else 'receivable' end, currency, amount_minor, buyer_id
    from paper
  ),
  linked as (
    insert into order_invoice (seller_id, invoice_id, order_id)
    select p_seller, p.id, q.id
    from paper p
    join unnest(f_order, f_number) f(pos, number) on f.number = p.invoice_number
    join unnest(orders) with ordinality q on q.ordinality = f.pos
  ),
  papers as (
    select f.nth, jsonb_agg(jsonb_build_object('id', p.id, 'invoice_number', p.invoice_number, 'kind', p.kind,
             'amount_minor', p.amount_minor, 'issued_on', p.issued_on, 'due_on', p.due_on)
             order by p.due_on, p.invoice_number) as invoices
    from unnest(f_nth, f_number) f(nth, number) join paper p on p.invoice_number = f.number
    group by f.nth
  )
  select array_agg(case when p.nth is null then a.answer
                        else a.answer || jsonb_build_object('invoices', p.invoices) end order by a.nth),
         (select array_agg(c.id) from paper c where c.kind = 'credit_note')
  into o_answer, notes
  from unnest(o_answer, o_first) with ordinality a(answer, first, nth) left join papers p on p.nth = a.first;

  update credit_order x set (amount_minor, authorised_minor, captured_minor, refunded_minor, state, reasons,
      line_currency, rate, rate_on, held_minor, net_days, discount_percent, discount_days, instalments, version)
    = (q.amount_minor, q.authorised_minor, q.captured_minor, q.refunded_minor, q.state, q.reasons,
       q.line_currency, q.rate, q.rate_on, q.held_minor, q.net_days, q.discount_percent, q.discount_days,
       q.instalments, q.version)
  from unnest(orders) q
  where x.seller_id = p_seller and x.id = q.id and x.version <> q.version;
  update credit_line x set held_minor = q.held_minor, owed_minor = q.owed_minor, version = x.version + 1
  from unnest(lines) q
  where x.seller_id = p_seller and x.buyer_id = q.buyer_id and x.currency = q.currency
    and (x.held_minor, x.owed_minor) <> (q.held_minor, q.owed_minor);
  update exposure_cap x set used_minor = q.used_minor
  from unnest(caps) q
  where x.seller_id = p_seller and x.id = q.id and x.used_minor <> q.used_minor;
  insert into idempotency_key (seller_id, key, fingerprint, answer, claimed_at)
  select p_seller, a.key, a.print, a.answer, p_now
  from unnest(p_key, p_print, o_answer, o_kind) a(key, print, answer, kind)
  where a.kind is not null
  order by a.key;
  insert into event (seller_id, happened_at, business_date, actor, why, kind, subject_id, facts)
  select p_seller, p_now, p_today, p_actor, p_why, 'checkout.order_' || a.kind, a.id, a.answer
  from unnest(p_order, o_answer, o_kind) with ordinality a(id, answer, kind, nth)
  where a.kind is not null
  order by a.nth;
  if notes is not null then
    perform set_off_refunds(p_seller, p_actor, p_why, p_now, p_today, notes);
  end if;
  return query
    select a.nth::int, a.status, a.answer::text
    from unnest(o_status, o_answer) with ordinality a(status, answer, nth) order by a.nth;
end $$;
