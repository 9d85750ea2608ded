-- Ratings that people gave support. One row per version of a rating.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('zendesk', 'satisfaction_ratings') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', [
            'ticket_id', 'requester_id', 'score', 'reason', 'created_at',
        ]) }} as fields
    from source

),

renamed as (

    select
        record_id as rating_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.ticket_id,
        fields.requester_id as user_id,
        fields.score,
        nullif(trim(fields.reason), '') as reason,
        {{ utc('fields.created_at') }} as created_at
    from parsed

)

select * from renamed
