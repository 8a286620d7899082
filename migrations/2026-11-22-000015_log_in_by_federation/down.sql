alter table session drop column logout_url;
drop table login_handover;
drop table login_attempt;
drop table account_identity;
alter table structure drop column siret;
drop function is_siret(text);
