alter table job drop column trace;
