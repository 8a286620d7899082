drop index email_ended;
alter table incident_watch drop column steady_since;
alter table incident drop column growths;
alter table incident drop column told;
