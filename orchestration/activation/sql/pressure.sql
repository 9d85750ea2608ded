-- Who was written to often enough for now, or is to be written to by a sync that goes first.
create or replace temp table capped as
select differences.match_value
from differences
where
    differences.operation = 'added'
    and len(cast(getvariable('pressing_peers') as varchar[])) > 0
    and differences.match_value not in (select waiting.match_value from waiting)
    and exists (
        select 1
        from serving.activation.contact_pressure as own
        where
            own.sync = getvariable('sync')
            and own.most_contacts <= (
                select count(*)
                from contacted
                inner join serving.activation.contact_pressure as counted
                    on contacted.sync = counted.sync and counted.channel = own.channel
                left join renamed on contacted.customer_id = renamed.issued_id
                where
                    coalesce(renamed.customer_id, contacted.customer_id) = differences.customer_id
                    and contacted.sent_at
                    >= cast(now() as timestamp) - to_days(own.period_days)
            ) + (
                select count(*)
                from serving.activation.contact_pressure as other
                inner join peers on other.sync = peers.sync
                inner join serving.segments.segment_members as members
                    on peers.segment = members.segment
                where
                    other.channel = own.channel
                    and other.priority < own.priority
                    and members.customer_id = differences.customer_id
                    and not exists (
                        select 1
                        from held_by_peers
                        left join renamed on held_by_peers.customer_id = renamed.issued_id
                        where
                            held_by_peers.sync = other.sync
                            and coalesce(renamed.customer_id, held_by_peers.customer_id)
                            = differences.customer_id
                    )
            )
    );

-- What has to travel, and what of it not now.
create or replace temp view changes as
select
    *,
    match_value in (select waiting.match_value from waiting) as is_waiting,
    match_value in (select capped.match_value from capped) as is_capped
from differences;
