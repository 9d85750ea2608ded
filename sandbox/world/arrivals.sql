-- When each message arrives: most at once, some late, some twice, some broken, in order of arrival.

create table arrivals as
with received as (
    select
        *,
        0 as copy,
        happened_at + case
            when roll(thing, place, kind || ' late') < 0.005
                then to_milliseconds((259200000 * roll(thing, place, kind || ' delay'))::bigint)
            else to_milliseconds(80 + (4000 * roll(thing, place, kind || ' delay'))::bigint)
        end as received_at,
    from messages
),

repeated as (
    select
        * exclude (copy, received_at),
        1 as copy,
        received_at + case
            when roll(thing, place, kind || ' resent late') < 0.2
                then to_milliseconds((86400000 * roll(thing, place, kind || ' resent'))::bigint)
            else to_milliseconds((90000 * roll(thing, place, kind || ' resent'))::bigint)
        end as received_at,
    from received
    where roll(thing, place, kind || ' twice') < 0.005
),

all_copies as (
    select * from received
    union all
    select * from repeated
),

-- A broken line is one more, unreadable copy: what it says is not lost elsewhere.
chosen as (
    select *
    from received
    where happened_at >= window_start() and received_at < window_end()
    order by roll(thing, place, kind || ' broken'), kind
    limit (select getvariable('malformed'))
),

broken as (
    select * replace (2 + ((row_number() over (order by happened_at, kind, thing) - 1) % 4) as copy)
    from chosen
)

select
    row_number() over () as line_number,
    *,
from (
    select * from all_copies where received_at < window_end() and happened_at >= window_start()
    union all
    select * from broken
    order by received_at, kind, thing, place, copy
);
