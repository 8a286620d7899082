-- Since when a manager wants alerts again: what was published while they wanted none is no news to them.
alter table account_role add column alerts_since timestamptz;
