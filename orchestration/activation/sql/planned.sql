-- What a run set out to send, as its plan wrote it down.
create or replace temp view outbox as
select * from read_parquet('{outbox}');
