-- What the tracking plan found wrong. One row per message and rule.
select
    message_id,
    event_name,
    mode,
    location,
    keyword,
    argument,
    found,
    occurrences,
    batch_id
from {{ source('loads', 'violations') }}
