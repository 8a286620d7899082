drop table live_event;
drop table testimony_contact;
drop table testimony_experience;
drop table testimony;
