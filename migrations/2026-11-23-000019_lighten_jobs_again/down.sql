create index job_kind on job (kind, id);
