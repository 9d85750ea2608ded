-- Leads of Pipedrive, which are deals to be. One row per version of a lead.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('pipedrive', 'leads') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'title': none, 'source_name': none, 'person_id': none, 'organization_id': none,
            'expected_close_date': none, 'add_time': none, 'value': ['amount', 'currency'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as lead_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.title), '') as lead_name,
        nullif(trim(fields.source_name), '') as lead_source,
        try_cast(fields.value.amount as decimal(18, 4)) as amount,
        upper(nullif(trim(fields.value.currency), '')) as currency,
        fields.person_id,
        fields.organization_id,
        {{ utc('fields.add_time') }} as created_at,
        try_cast(fields.expected_close_date as date) as closes_on
    from parsed

)

select * from renamed
