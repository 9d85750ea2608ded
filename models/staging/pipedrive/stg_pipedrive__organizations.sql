-- Organizations of Pipedrive. One row per version of an organization.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('pipedrive', 'organizations') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'name': none, 'website': none, 'employee_count': none,
            'add_time': none, 'address': ['country'],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as organization_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.name), '') as organization_name,
        nullif(lower(trim(fields.website)), '') as website,
        try_cast(fields.employee_count as integer) as employees,
        upper(nullif(trim(fields.address.country), '')) as country,
        {{ utc('fields.add_time') }} as created_at
    from parsed

)

select * from renamed
