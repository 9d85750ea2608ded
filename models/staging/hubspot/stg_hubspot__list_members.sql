-- Which contacts are in which list of HubSpot. One row per version of a membership.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'list_members') }}
    where {{ is_new() }}

),

renamed as (

    select
        record_id as list_member_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        {{ json_text('record', 'listId') }} as list_id,
        {{ json_text('record', 'recordId') }} as contact_id
    from source

)

select * from renamed
