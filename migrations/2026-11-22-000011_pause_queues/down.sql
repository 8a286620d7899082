drop table job_pause;
