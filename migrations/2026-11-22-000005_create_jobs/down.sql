drop table schedule;
drop table email_mention;
drop table email;
drop table job;
drop function notify_job();
