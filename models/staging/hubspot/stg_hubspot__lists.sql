-- Lists of records in HubSpot, which it calls segments too. One row per version of a list.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'lists') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as list_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        {{ json_text('record', 'name') }} as list_name,
        lower({{ json_text('record', 'processingType') }}) as processing_type,
        {{ json_text('record', 'objectTypeId') }} as object_type_id,
        {{ utc(json_text('record', 'createdAt')) }} as created_at
    from source

)

select * from renamed
