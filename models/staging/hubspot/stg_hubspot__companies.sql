-- Companies of HubSpot. One row per version of a company.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'companies') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as company_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim({{ json_text('record', 'properties.name') }}), '') as company_name,
        nullif(lower(trim({{ json_text('record', 'properties.domain') }})), '') as domain,
        nullif(trim({{ json_text('record', 'properties.industry') }}), '') as industry,
        try_cast({{ json_text('record', 'properties.numberofemployees') }} as integer) as employees,
        upper(nullif(trim({{ json_text('record', 'properties.country') }}), '')) as country
    from source

)

select * from renamed
