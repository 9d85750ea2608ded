-- How often anybody may be written to. One row per sync that writes to people.
select
    sync,
    channel,
    priority,
    most_contacts,
    period_days
from {{ ref('contact_pressure_rules') }}
