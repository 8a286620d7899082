drop table attempt_secret;
drop table attempt;
