begin;

insert into schedule (name,last_tick) values ('x', now());
insert into job (queue,kind,payload,state,run_at,max_attempts,created_at) select 'PROBE','PROBE',jsonb_build_object('expected', case when n%5=0 then 'BOMB' else 'DONE' end),'READY',now(),30,now() from generate_series(1,10) n;
-- claim all by worker-77
update job set state='RUNNING', attempt=attempt+1, lease_no=lease_no+1, started_at=now(), lease_until=clock_timestamp()+interval '5 s', worker='worker-77-abc';
update job set report='{}' where id=1;
update job set state='DONE', lease_until=null, finished_at=clock_timestamp() where id=1;
select pg_sleep(0.3);
-- reap
update job set crashes=crashes+1, lease_until=null, state='READY', history = kept_history(history) || jsonb_build_object('what','CRASHED') where id in (2,3,4);
select pg_sleep(0.2);
update job set state='RUNNING', attempt=attempt+1, lease_no=lease_no+1, started_at=now(), lease_until=clock_timestamp()+interval '5 s', worker='worker-78-abc' where id in (2,3);
update job set state='DONE', lease_until=null, finished_at=clock_timestamp() where id in (2,3);
update job set report='{"x":1}' where id=3;
insert into email (kind,subject,stage,recipient,message_id,status,prepared_at,updated_at) values ('K','s','t','r','<a@b>','PREPARED',now(),now()),('K','s2','t','r','<c@b>','PREPARED',now(),now());
update email set status='SENDING'; update email set status='SENT';

prepare p1(text[],text[],timestamptz[],timestamptz[]) as insert into storm_silence select * from unnest($1, $2, $3, $4); execute p1('{77}','{KILLED}', array[now()+interval '0.1 s'], array[null]::timestamptz[]);
prepare p2(timestamptz[],timestamptz[]) as insert into storm_outage select * from unnest($1, $2); execute p2('{}','{}');
prepare p3(text[],bigint[]) as insert into storm_copy select * from unnest($1, $2); execute p3('{<a@b>,<z@b>}','{2,1}');
create index on storm_step (job, lease); create index on storm_silence (pid, since); analyze storm_step;

\x on
select count(*) as known,
            count(*) filter (where state in ('READY', 'RUNNING')) as open,
            count(*) filter (where ended and expected = 'DONE' and state <> 'DONE' and worn_out) as set_aside,
            count(*) filter (where ended and case expected
                when 'DONE' then state <> 'DONE' and not worn_out and not judged
                when 'BOMB' then state <> 'DEAD' or crashes <> 3
                else state <> 'DEAD' end) as unexpected,
            count(*) filter (where ended and attempt <> crashes + failed + (state = 'DONE')::int) as unexplained
         from (
            select state, crashes, attempt, payload ->> 'expected' as expected,
                state not in ('READY', 'RUNNING') as ended,
                state = 'DEAD' and crashes >= 3 as worn_out,
                -- Refused by the mail server, or left to an operator because it may have left.
                state = 'DEAD' and (error like '%interrupted while leaving%'
                    or exists (select from email where email.job_id = job.id and email.status = 'FAILED')) as judged,
                (select count(*) from jsonb_array_elements(history) step where step ->> 'what' = 'FAILED') as failed
            from job where payload ->> 'expected' is not null) job;
\x on
select (select count(*) from (select from storm_run group by job, lease having count(*) > 1) run)
              + (select count(*) from (select from storm_step where state = 'DONE' group by job having count(*) > 1) step) as twice,
            (select count(*) from storm_late) as late,
            (select count(*) from job where kind = 'BROADCAST_EVENT' and state = 'DONE' and not exists (
                select from live_event where testimony_id = (payload ->> 'testimony')::bigint)) as unnumbered;
\x on
with reaped as materialized (
            select s.job, s.lease, s.state, s.at, silence.what, silence.since
            from storm_step s
            left join lateral (
                select k.what, k.since from storm_silence k
                -- A worker's name is « worker-<process>-<chance> ».
                where k.pid = split_part(s.worker, '-', 2) and k.since <= s.at
                  and (k.until is null or s.at <= k.until + interval '1 second')
                order by k.since desc limit 1) silence on true
            where s.crashed),
         taken as (
            select since, case when state = 'DEAD' then at else (
                select min(c.at) from storm_step c
                where c.job = reaped.job and c.lease = reaped.lease + 1 and c.state = 'RUNNING') end as at
            from reaped where what = 'KILLED'),
         timed as (
            select extract(epoch from at - since)::float8 as seconds,
                exists (select from storm_outage o where o.since <= taken.at and o.until >= taken.since) as disturbed
            from taken where at is not null)
         select count(*) filter (where not disturbed) as smooth,
            coalesce(percentile_disc(0.5) within group (order by seconds) filter (where not disturbed), 0)::float8 as p50,
            coalesce(max(seconds) filter (where not disturbed), 0)::float8 as p100,
            count(*) filter (where disturbed) as disturbed,
            coalesce(max(seconds) filter (where disturbed), 0)::float8 as disturbed_p100,
            (select count(*) from reaped where since is null) as from_living
         from timed;
\x on
with back as (
            select message_id, count(*) as times from storm_mail
            where was = 'SENDING' and becomes = 'PREPARED' group by message_id),
         told as (
            select status, coalesce(copies, 0) as copies, coalesce(times, 0) as times
            from email left join storm_copy using (message_id) left join back using (message_id))
         select count(*) as messages,
            count(*) filter (where status = 'SENT') as sent,
            count(*) filter (where status = 'FAILED') as refused,
            count(*) filter (where status = 'UNCERTAIN') as uncertain,
            coalesce(sum(greatest(copies - 1, 0)), 0)::bigint as again,
            coalesce(sum(greatest(copies - 1 - times, 0)), 0)::bigint as outside,
            count(*) filter (where status = 'SENT' and copies = 0)
              + (select count(*) from storm_copy where message_id not in (select message_id from email)) as astray
         from told;
rollback;