-- Who is in a campaign of Salesforce. One row per version of a membership.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'campaign_member') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'CampaignId', 'ContactId', 'LeadId', 'Status', 'HasResponded',
                'FirstRespondedDate', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as campaign_member_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.campaignid), '') as campaign_id,
        nullif(trim(fields.contactid), '') as contact_id,
        nullif(trim(fields.leadid), '') as lead_id,
        nullif(trim(fields.status), '') as status,
        fields.hasresponded = 'true' as has_responded,
        try_cast(fields.firstrespondeddate as date) as responded_on,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
