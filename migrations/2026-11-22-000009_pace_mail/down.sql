drop index committee_link_starts; drop table mail_pace;
