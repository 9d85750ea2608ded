-- Companies of HubSpot. One row per version of a company.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'companies') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'mergedInto': '', 'properties': [
                'name', 'domain', 'industry', 'numberofemployees', 'country', 'createdate',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as company_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.name), '') as company_name,
        nullif(lower(trim(fields.properties.domain)), '') as domain,
        nullif(trim(fields.properties.industry), '') as industry,
        try_cast(fields.properties.numberofemployees as integer) as employees,
        upper(nullif(trim(fields.properties.country), '')) as country,
        fields.mergedinto as merged_into_company_id,
        {{ utc('fields.properties.createdate') }} as created_at
    from parsed

)

select * from renamed
