-- What profiles of Klaviyo did. One row per version of an event.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('klaviyo', 'events') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'attributes': {
                'datetime': none,
                'event_properties': ['Subject', 'Campaign Name', '$message', '$flow'],
            },
            'relationships': {
                'profile': {'data': ['id']},
                'metric': {'data': ['id']},
            },
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as event_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        fields.relationships.metric.data.id as metric_id,
        fields.relationships.profile.data.id as profile_id,
        -- The message of a campaign or of a flow's step.
        nullif(trim(fields.attributes.event_properties."$message"), '') as message_id,
        nullif(trim(fields.attributes.event_properties."$flow"), '') as flow_id,
        nullif(trim(fields.attributes.event_properties."Campaign Name"), '') as campaign_name,
        nullif(trim(fields.attributes.event_properties.subject), '') as subject,
        {{ utc('fields.attributes.datetime') }} as occurred_at
    from parsed

)

select * from renamed
