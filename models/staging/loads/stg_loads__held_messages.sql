-- Messages that the tracking plan held back, and the batch that released them. One row per message.
select
    message_id,
    event_name,
    file,
    batch_id,
    released_batch_id
from {{ source('loads', 'held_messages') }}
