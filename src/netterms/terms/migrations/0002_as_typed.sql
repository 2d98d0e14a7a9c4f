-- A percentage keeps the decimals it was given with: 1.27 is not 1.270000.
alter table reference_rate
  alter column percent type numeric using trim_scale(percent),
  add check (abs(percent) < 1000 and percent = round(percent, 6));
alter table terms_policy
  alter column cost_of_money type numeric using trim_scale(cost_of_money),
  alter column contract_percent type numeric using trim_scale(contract_percent),
  add check (contract_percent = round(contract_percent, 6));
alter table buyer_terms
  alter column contract_percent type numeric using trim_scale(contract_percent),
  add check (contract_percent = round(contract_percent, 6));
