-- What messages say that the tracking plan does not allow. One row per message and rule.
with

violations as (

    select * from {{ ref('stg_loads__violations') }}

),

held_messages as (

    select * from {{ ref('stg_loads__held_messages') }}

)

select
    md5(concat(
        violations.message_id, ' ', violations.event_name, ' ',
        violations.location, ' ', violations.keyword
    )) as violation_id,
    violations.message_id,
    violations.event_name,
    violations.mode,
    violations.location,
    case
        when violations.argument is null then violations.keyword
        else concat(violations.keyword, ' ', violations.argument)
    end as rule,
    violations.found,
    violations.occurrences,
    held_messages.message_id is not null and held_messages.released_batch_id is null as is_held,
    held_messages.released_batch_id,
    violations.batch_id
from violations
left join held_messages on violations.message_id = held_messages.message_id
