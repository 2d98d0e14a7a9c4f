-- As outside_facts, for a seller whose policy asks for none of them: nothing is looked for.
create temp table outside_facts (
  buyer text, currency text, median_reference_doubled bigint, share_of_need numeric, pays text, age_years numeric,
  margin numeric, current_ratio numeric, debt_ratio numeric
) on commit drop
