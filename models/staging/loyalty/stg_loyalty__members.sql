-- Members of the loyalty programme. One row per version of a member.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('loyalty', 'members') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'user_id', 'email', 'phone', 'first_name', 'last_name', 'street', 'city',
                'postal_code', 'country', 'tier', 'points', 'joined_on',
            ]) }} as fields
    from source

),

renamed as (

    select
        record_id as member_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.user_id), '') as user_id,
        nullif(lower(trim(fields.email)), '') as email,
        nullif(trim(fields.phone), '') as phone,
        nullif(trim(fields.first_name), '') as first_name,
        nullif(trim(fields.last_name), '') as last_name,
        nullif(trim(fields.street), '') as street,
        nullif(trim(fields.city), '') as city,
        nullif(trim(fields.postal_code), '') as postal_code,
        nullif(upper(trim(fields.country)), '') as country,
        nullif(trim(fields.tier), '') as tier,
        try_cast(fields.points as bigint) as points,
        try_cast(substr(trim(fields.joined_on), 1, 10) as date) as joined_on
    from parsed

)

select * from renamed
