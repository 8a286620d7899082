drop table committee_document, committee_outcome, committee_idea, committee_verbatim, committee_note;
alter table committee drop column voters, drop column closed_at, drop column expected, drop column came, drop column closing_reason;
