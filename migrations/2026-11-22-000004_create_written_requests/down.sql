drop table written_request;
drop extension pg_trgm;
