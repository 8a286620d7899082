alter table account_role drop column alerts_since;
