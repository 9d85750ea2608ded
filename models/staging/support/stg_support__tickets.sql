-- Questions to support, whoever keeps them. One row per version of a ticket.
select
    'zendesk' as source,
    'ticket/' || ticket_id as record_id,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    subject,
    -- Of five: Zendesk asks only whether it was good.
    case when score like 'good%' then 5 when score like 'bad%' then 1 end as satisfaction,
    'user/' || user_id as contact_record_id,
    created_at,
    solved_at
from {{ ref('stg_zendesk__tickets') }}
