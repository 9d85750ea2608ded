-- What is wrong with the messages of one event, in one part of theirs: one row per message and rule.
-- One parse takes the values of all rules out of a document. Each rule is then a column of its own,
-- because an engine looks at a column much faster than at as many rows.
insert into tracking_found
with parts as (
    select
        message_id,
        case $part
            when 'properties' then properties
            when 'context' then context
            else traits
        end as part
    from raw.events
    where
        {of_batch}
        and coalesce(event, type) = $event_name
),

documents as (
    select
        message_id,
        unnest(
            case
                when $elements is null then [part]
                else cast(json_extract(part, $elements) as json [])
            end
        ) as document
    from parts
),

read as (
    select
        message_id,
        document,
        json_type(document, $paths) as types,
        json_extract_string(document, $paths) as texts
    from documents
),

compared as (
    select
        *,
        {conditions}
    from read
),

broken as (
    select
        message_id,
        document,
        types,
        texts,
        unnest([{columns}]) as number
    from compared
    where coalesce({columns}) is not null
),

found as (
    select
        broken.message_id,
        rules.*,
        tracked_sample(
            rules.keyword,
            broken.types[list_position($paths, rules.path)],
            broken.texts[list_position($paths, rules.path)],
            broken.document,
            rules.path,
            rules.argument
        ) as found
    from broken
    inner join tracking_rules as rules on broken.number = rules.number
)

select
    message_id,
    event_name,
    any_value(mode) as mode,
    location,
    keyword,
    any_value(argument) as argument,
    min(found) as found,
    count(*) as occurrences
from found
group by message_id, event_name, location, keyword;
