drop table incident_watch;
drop table incident;
alter table job drop column history;
drop function kept_history;
