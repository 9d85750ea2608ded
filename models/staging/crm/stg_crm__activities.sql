-- What sales did and plans, never what was written in it. One row per version of an activity.
-- `is_done` says whether it took place; null where a CRM has no word for that.
select
    'hubspot' as source,
    'call/' || call_id as record_id,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    'call' as kind,
    direction,
    subject,
    status,
    coalesce(status, 'completed') = 'completed' as is_done,
    occurred_at,
    'contact/' || contact_id as contact_record_id,
    'deal/' || deal_id as deal_record_id,
    created_at
from {{ ref('stg_hubspot__calls') }}
union all
select
    'hubspot', 'email/' || email_id, updated_at, version_key, is_deleted, batch_id,
    'email', direction, subject, status, coalesce(status, 'sent') = 'sent', occurred_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_hubspot__emails') }}
union all
select
    'hubspot', 'meeting/' || meeting_id, updated_at, version_key, is_deleted, batch_id,
    'meeting', null, subject, status, status = 'completed', occurred_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_hubspot__meetings') }}
union all
select
    'hubspot', 'task/' || task_id, updated_at, version_key, is_deleted, batch_id,
    'task', null, subject, status, status = 'completed', occurred_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_hubspot__tasks') }}
union all
select
    'hubspot', 'note/' || note_id, updated_at, version_key, is_deleted, batch_id,
    'note', null, null, null, true, occurred_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_hubspot__notes') }}
union all
select
    'salesforce', 'task/' || task_id, updated_at, version_key, is_deleted, batch_id,
    kind, direction, subject, status, status = 'completed', occurred_at,
    coalesce('contact/' || contact_id, 'lead/' || lead_id), 'opportunity/' || opportunity_id,
    created_at
from {{ ref('stg_salesforce__tasks') }}
union all
select
    'salesforce', 'event/' || event_id, updated_at, version_key, is_deleted, batch_id,
    'meeting', null, subject, null, null, occurred_at,
    coalesce('contact/' || contact_id, 'lead/' || lead_id), 'opportunity/' || opportunity_id,
    created_at
from {{ ref('stg_salesforce__events') }}
union all
select
    'pipedrive', 'activity/' || activity_id, updated_at, version_key, is_deleted, batch_id,
    case
        when activity_type in ('call', 'email', 'meeting') then activity_type
        when activity_type = 'lunch' then 'meeting'
        else 'task'
    end,
    null, subject, case when is_done then 'done' else 'open' end, is_done,
    coalesce(done_at, due_at, created_at),
    'person/' || person_id, 'deal/' || deal_id, created_at
from {{ ref('stg_pipedrive__activities') }}
union all
select
    'zoho', 'call/' || call_id, updated_at, version_key, is_deleted, batch_id,
    'call', case lower(call_type) when 'outbound' then 'outbound' else 'inbound' end, subject,
    lower(call_type), lower(call_type) <> 'missed' and duration is not null, started_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_zoho__calls') }}
union all
select
    'zoho', 'event/' || event_id, updated_at, version_key, is_deleted, batch_id,
    'meeting', null, subject, null, null, starts_at,
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_zoho__events') }}
union all
select
    'zoho', 'task/' || task_id, updated_at, version_key, is_deleted, batch_id,
    'task', null, subject, lower(status), closed_at is not null or lower(status) = 'completed',
    coalesce(closed_at, cast(due_on as timestamp), created_at),
    'contact/' || contact_id, 'deal/' || deal_id, created_at
from {{ ref('stg_zoho__tasks') }}
