drop table committee_link;
drop table committee_participant;
drop table committee_candidate;
drop table elected_official;
drop table committee;
