-- The rules of the events in question, numbered, and what is looked at together: the rules of one
-- event about one part of its messages, each with the position of its value in that group's paths.
create or replace temp table tracking_rules as
select
    row_number() over (order by event_name, part, elements, location, keyword) as number,
    * exclude (batch_id)
from raw.tracking_plan
where event_name in (select event_name from tracking_events);

select
    event_name,
    part,
    elements,
    list(number order by number) as numbers,
    list(keyword order by number) as keywords,
    list(path order by number) as paths,
    list(parent order by number) as parents,
    list(argument order by number) as arguments
from tracking_rules
group by event_name, part, elements
order by event_name, part, elements;
