-- Where in a trace a job was left (W3C traceparent), so that its run appears under the request that caused it.
alter table job add column trace text;
