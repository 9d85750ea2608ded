-- Users of Zendesk, who ask or answer. One row per version of a user.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zendesk', 'users') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
            'external_id', 'email', 'phone', 'name', 'role', 'created_at',
        ]) }} as fields
    from source

),

renamed as (

    select
        record_id as user_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        -- The field in which an integration keeps the shop's user id.
        nullif(trim(fields.external_id), '') as external_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        {{ first_name_of('fields.name') }} as first_name,
        {{ last_name_of('fields.name') }} as last_name,
        fields.role,
        {{ utc('fields.created_at') }} as created_at
    from parsed

)

select * from renamed
