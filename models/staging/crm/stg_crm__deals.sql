-- Sales under way, won or lost. One row per version of a CRM record of a deal.
select
    'hubspot' as source,
    'deal/' || deal_id as record_id,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    deal_name,
    stage,
    pipeline,
    amount,
    currency,
    'contact/' || contact_id as contact_record_id,
    'hubspot/' || company_id as company_record_key,
    created_at,
    closes_on
from {{ ref('stg_hubspot__deals') }}
union all
select
    'salesforce', 'opportunity/' || opportunity_id, updated_at, version_key, is_deleted, batch_id,
    opportunity_name, stage, null, amount, currency,
    'contact/' || contact_id, 'salesforce/' || account_id, created_at, closes_on
from {{ ref('stg_salesforce__opportunities') }}
union all
-- Pipedrive's deals stay in the stage in which they were won or lost: the status says so.
select
    'pipedrive', 'deal/' || deal_id, updated_at, version_key, is_deleted, batch_id,
    deal_name, case when status in ('won', 'lost') then status else stage_id end, pipeline_id,
    amount, currency,
    'person/' || person_id, 'pipedrive/' || organization_id, created_at, closes_on
from {{ ref('stg_pipedrive__deals') }}
union all
select
    'pipedrive', 'lead/' || lead_id, updated_at, version_key, is_deleted, batch_id,
    lead_name, 'lead', null, amount, currency,
    'person/' || person_id, 'pipedrive/' || organization_id, created_at, closes_on
from {{ ref('stg_pipedrive__leads') }}
union all
select
    'zoho', 'deal/' || deal_id, updated_at, version_key, is_deleted, batch_id,
    deal_name, stage, pipeline, amount, currency,
    'contact/' || contact_id, 'zoho/' || account_id, created_at, closes_on
from {{ ref('stg_zoho__deals') }}
