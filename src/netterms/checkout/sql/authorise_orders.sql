-- One array of requests for credit, answered each; see the README of the room. Locks are taken in one
-- order everywhere (orders, lines, caps; each by key), so two calls never wait for each other in a ring.
-- A race of two calls for one key or order number ends in unique_violation for the second: nothing of
-- it has happened, and calling it again answers it. A serialization_failure says the same.
-- Answers come in the order of the requests: 201 decided now, 200 decided before, 404, 409 or 422 with a code. Only what
-- was not decided before is checked against the clock and the buyers: the same request has the same answer for good.
create or replace function authorise_orders(
  p_seller uuid, p_home text, p_actor text, p_now timestamptz, p_today date,
  p_id uuid[], p_key text[], p_print text[], p_number text[], p_buyer uuid[], p_currency text[],
  p_amount bigint[], p_partial boolean[], p_review boolean[], p_expires timestamptz[]
) returns table (nth int, status int, answer text)
language plpgsql
-- The arrays are short and the tables long, whatever the statistics of a young table say.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  n constant int := coalesce(cardinality(p_id), 0);
  -- LONGEST_VALID of requests.py.
  longest constant int := 90;
  lines credit_line[];
  caps exposure_cap[];
  line_of text[] := p_currency;
  r record;
  cap record;
  i int;
  c uuid;
  k int;
  -- By line: held and left as the requests before this one leave them.
  held bigint[];
  room bigint[];
  -- By cap.
  cap_ids uuid[];
  cap_used bigint[];
  cap_room bigint[];
  -- By request: what is decided. A request answered from before has no state.
  o_line int[] := array_fill(null::int, array[n]);
  o_state text[] := array_fill(null::text, array[n]);
  o_granted bigint[] := array_fill(0::bigint, array[n]);
  o_held bigint[] := array_fill(0::bigint, array[n]);
  o_room bigint[] := array_fill(null::bigint, array[n]);
  o_grantable bigint[] := array_fill(0::bigint, array[n]);
  o_reasons text[] := array_fill(null::text, array[n]);
  o_rate numeric[] := array_fill(null::numeric, array[n]);
  o_status int[] := array_fill(201, array[n]);
  o_answer jsonb[] := array_fill(null::jsonb, array[n]);
  -- By the first request with an order number: whether an order has got it.
  numbered boolean[] := array_fill(false, array[n]);
  made credit_order[];
  reasons text[];
  want bigint;
  most bigint;
  granted bigint;
begin
  perform set_config('netterms.seller_id', p_seller::text, true);

  -- An order in a currency the buyer has no line in goes to the line in the seller's own.
  if p_home <> any (p_currency) then
    select array_agg(case when l.buyer_id is null then p_home else a.currency end order by a.nth)
    into line_of
    from unnest(p_buyer, p_currency) with ordinality a(buyer, currency, nth)
    left join credit_line l
      on l.seller_id = p_seller and l.buyer_id = a.buyer and l.currency = a.currency;
  end if;

  -- Rows are gathered as rows of their table: records would be written out as text and read again.
  select array_agg(l.one order by l.buyer_id, l.currency) into lines
  from (
    select l as one, l.buyer_id, l.currency
    from (select distinct buyer, currency from unnest(p_buyer, line_of) a(buyer, currency)) a
    join credit_line l on l.seller_id = p_seller and l.buyer_id = a.buyer and l.currency = a.currency
    order by l.buyer_id, l.currency
    for update of l
  ) l;
  -- Whoever opens a line holds the buyer's others: one opened before we held this one is the order's, and the call
  -- begins anew.
  if line_of <> p_currency and exists (
    select from unnest(p_buyer, p_currency, line_of) a(buyer, currency, line_currency)
    join credit_line l on l.seller_id = p_seller and l.buyer_id = a.buyer and l.currency = a.currency
    where a.line_currency <> a.currency
  ) then
    raise serialization_failure using message = 'a line was opened meanwhile';
  end if;
  select array_agg(l.held_minor order by l.ordinality),
         array_agg(l.limit_minor + case when p_today <= l.top_up_until then l.top_up_minor else 0 end
                   - l.held_minor - greatest(l.owed_minor, 0) order by l.ordinality)
  into held, room
  from unnest(lines) with ordinality l;

  if exists (select from unnest(lines) l where l.cap_ids <> '{}') then
    select array_agg(x.one order by x.id) into caps
    from (
      select x as one, x.id from exposure_cap x
      where x.seller_id = p_seller and x.id in (select unnest(l.cap_ids) from unnest(lines) l)
      order by x.id
      for update
    ) x;
    select array_agg(x.id), array_agg(x.used_minor), array_agg(x.limit_minor - x.used_minor)
    into cap_ids, cap_used, cap_room
    from unnest(caps) x;
  end if;

  -- Only now, with every lock held, can the keys and numbers of others be seen for sure.
  for r in
    select a.nth::int as nth, a.key, a.print, a.currency, a.amount, a.partial, a.review, a.buyer, a.expires,
           l.ordinality::int as line,
           l.status, l.owed_minor, l.cap_ids, l.cap_rate, a.line_currency,
           case when l.ordinality is null then null when a.currency = a.line_currency then 1
                else minor_rate(a.currency, a.line_currency, p_today) end as rate,
           known.fingerprint, known.answer, taken.id is not null as taken,
           min(a.nth) over (partition by a.key) as first_key,
           min(a.nth) over (partition by a.number) as first_number
    from unnest(p_key, p_print, p_number, p_buyer, p_currency, line_of, p_amount, p_partial, p_review,
                p_expires)
         with ordinality a(key, print, number, buyer, currency, line_currency, amount, partial, review, expires, nth)
    left join unnest(lines) with ordinality l
      on l.buyer_id = a.buyer and l.currency = a.line_currency
    -- One look in the index each, whatever the planner believes of a table that is still empty.
    left join lateral (select x.fingerprint, x.answer from idempotency_key x
                       where x.seller_id = p_seller and x.key = a.key limit 1) known on true
    left join lateral (select x.id from credit_order x
                       where x.seller_id = p_seller and x.order_number = a.number limit 1) taken on true
    order by a.nth
  loop
    i := r.nth;
    k := r.first_key;
    if r.fingerprint is not null then
      o_status[i] := case when r.fingerprint = r.print then 200 else 409 end;
      o_answer[i] := case when r.fingerprint = r.print then r.answer else '{"code": "key_reused"}' end;
      continue;
    elsif k < i then
      -- The same key twice in one array: filled in when the first is answered.
      o_status[i] := case when p_print[k] = r.print then -k else 409 end;
      o_answer[i] := '{"code": "key_reused"}';
      continue;
    elsif r.expires <= p_now or r.expires > p_now + make_interval(days => longest) then
      o_status[i] := 422;
      o_answer[i] := jsonb_build_object('code', 'value_invalid', 'field', 'expires_at', 'value', r.expires,
                                        'mend', 'within_days', 'days', longest);
      continue;
    elsif r.line is null and not exists (select from buyer b where b.seller_id = p_seller and b.id = r.buyer) then
      o_status[i] := 404;
      o_answer[i] := jsonb_build_object('code', 'not_found', 'field', 'buyer', 'value', r.buyer);
      continue;
    elsif r.taken or numbered[r.first_number] then
      o_status[i] := 409;
      o_answer[i] := '{"code": "order_number_taken"}';
      continue;
    end if;

    numbered[r.first_number] := true;
    reasons := '{}';
    granted := 0;
    want := 0;
    if r.line is null then
      reasons := '{no_line}';
    elsif r.status <> 'open' then
      reasons := array['line_' || r.status];
    elsif r.rate is null then
      reasons := '{no_rate}';
    elsif r.cap_ids <> '{}' and r.cap_rate is null then
      reasons := '{no_rate}';
    else
      want := lined_minor(r.amount, r.rate);
      most := greatest(room[r.line], 0);
      if want > most then
        reasons := '{over_limit}';
      end if;
      foreach c in array r.cap_ids loop
        k := array_position(cap_ids, c);
        if capped_minor(held[r.line] + want, r.owed_minor, r.cap_rate)
             - capped_minor(held[r.line], r.owed_minor, r.cap_rate) > cap_room[k] then
          reasons := reasons || ('over_' || caps[k].kind || '_cap');
        end if;
        -- Rounding twice may add one minor unit: left out where there is rounding.
        most := least(most, greatest(0, case when r.cap_rate = 1 then cap_room[k]
                                             else floor((cap_room[k] - 1) / r.cap_rate) end));
      end loop;
      if reasons = '{}' then
        granted := r.amount;
      else
        o_grantable[i] := floor(most / r.rate);
        granted := case when r.partial then o_grantable[i] else 0 end;
      end if;
    end if;

    if granted > 0 then
      o_state[i] := 'authorised';
      want := lined_minor(granted, r.rate);
      foreach c in array r.cap_ids loop
        k := array_position(cap_ids, c);
        most := capped_minor(held[r.line] + want, r.owed_minor, r.cap_rate)
                - capped_minor(held[r.line], r.owed_minor, r.cap_rate);
        cap_used[k] := cap_used[k] + most;
        cap_room[k] := cap_room[k] - most;
      end loop;
      held[r.line] := held[r.line] + want;
      room[r.line] := room[r.line] - want;
      o_held[i] := want;
      o_granted[i] := granted;
    elsif r.review then
      o_state[i] := 'pending';
    else
      o_state[i] := 'declined';
    end if;
    o_line[i] := r.line;
    o_rate[i] := r.rate;
    o_room[i] := room[r.line];
    o_reasons[i] := array_to_string(reasons, ',');
  end loop;

  with made as (
    insert into credit_order (seller_id, id, order_number, buyer_id, currency, amount_minor,
        authorised_minor, state, reasons, line_currency, rate, rate_on, held_minor, net_days,
        discount_percent, discount_days, instalments, created_at, expires_at)
    select p_seller, a.id, a.number, a.buyer, a.currency, a.amount, d.granted, d.state,
           string_to_array(d.reasons, ','), l.currency, d.rate, case when d.rate is not null then p_today end,
           d.held, l.net_days, l.discount_percent, l.discount_days, l.instalments, p_now, a.expires
    from unnest(p_id, p_number, p_buyer, p_currency, p_amount, p_expires)
         with ordinality a(id, number, buyer, currency, amount, expires, nth)
    join unnest(o_state, o_granted, o_held, o_reasons, o_rate, o_line)
         with ordinality d(state, granted, held, reasons, rate, line, nth) using (nth)
    left join unnest(lines) with ordinality l on l.ordinality = d.line
    where d.state is not null
    order by a.number
    returning credit_order as one
  )
  select array_agg(m.one) into made from made m;

  if made is not null then
    with answered as (
      select a.nth, a.key, a.print, m.id, order_answer(m, a.room, a.grantable) as answer, m.state
      from unnest(p_id, p_key, p_print, o_room, o_grantable) with ordinality a(id, key, print, room, grantable, nth)
      join unnest(made) m on m.id = a.id
    ),
    keyed as (
      insert into idempotency_key (seller_id, key, fingerprint, answer, claimed_at)
      select p_seller, a.key, a.print, a.answer, p_now from answered a order by a.key
    ),
    told as (
      insert into event (seller_id, happened_at, business_date, actor, kind, subject_id, facts)
      select p_seller, p_now, p_today, p_actor, 'checkout.order_' || a.state, a.id, a.answer
      from answered a order by a.nth
    ),
    lined as (
      update credit_line l set held_minor = d.held, version = l.version + 1
      from unnest(lines) with ordinality was
      join unnest(held) with ordinality d(held, ordinality) using (ordinality)
      where l.seller_id = p_seller and l.buyer_id = was.buyer_id and l.currency = was.currency
        and d.held <> was.held_minor
    ),
    capped as (
      update exposure_cap x set used_minor = d.used
      from unnest(cap_ids, cap_used) d(id, used)
      where x.seller_id = p_seller and x.id = d.id and x.used_minor <> d.used
    )
    select array_agg(coalesce(a.answer, q.answer) order by q.nth) into o_answer
    from unnest(o_answer) with ordinality q(answer, nth)
    left join answered a using (nth);
  end if;
  return query
    select q.nth::int,
           case when q.status > 0 then q.status when o_status[-q.status] = 201 then 200
                else o_status[-q.status] end,
           (case when q.status < 0 then o_answer[-q.status] else q.answer end)::text
    from unnest(o_status, o_answer) with ordinality q(status, answer, nth)
    order by q.nth;
end $$;
