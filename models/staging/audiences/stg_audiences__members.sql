-- Who others say is in their audiences, and until when. One row per version of a statement.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('audiences', 'members') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
                'provider', 'audience', 'identifier_type', 'identifier_value', 'valid_until',
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
        trim(fields.provider) as provider,
        trim(fields.audience) as audience,
        lower(trim(fields.identifier_type)) as identifier_type,
        trim(fields.identifier_value) as identifier_value,
        try_cast(substr(trim(fields.valid_until), 1, 10) as date) as valid_until
    from parsed

)

select * from renamed
