drop index job_unique_key;
alter table job add constraint job_unique_key_key unique (unique_key);
drop index job_set_aside;
create index job_state on job (state, id);
drop index job_suspect;
