-- Deals of Pipedrive, archived ones too. One row per version of a deal.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('pipedrive', 'deals') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'title', 'status', 'stage_id', 'pipeline_id', 'value', 'currency', 'person_id',
                'org_id', 'add_time', 'close_time', 'expected_close_date',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as deal_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.title), '') as deal_name,
        fields.status,
        fields.stage_id,
        fields.pipeline_id,
        try_cast(fields.value as decimal(18, 4)) as amount,
        upper(nullif(trim(fields.currency), '')) as currency,
        fields.person_id,
        fields.org_id as organization_id,
        {{ utc('fields.add_time') }} as created_at,
        coalesce(
            cast({{ utc('fields.close_time') }} as date),
            try_cast(fields.expected_close_date as date)
        ) as closes_on
    from parsed

)

select * from renamed
