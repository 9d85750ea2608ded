-- Campaigns of Salesforce. One row per version of a campaign.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('salesforce', 'campaign') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'Name', 'Type', 'Status', 'IsActive', 'StartDate', 'EndDate', 'CreatedDate',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as campaign_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.name), '') as campaign_name,
        nullif(trim(fields.type), '') as campaign_type,
        nullif(trim(fields.status), '') as status,
        fields.isactive = 'true' as is_active,
        try_cast(fields.startdate as date) as starts_on,
        try_cast(fields.enddate as date) as ends_on,
        {{ utc('fields.createddate') }} as created_at
    from parsed

)

select * from renamed
