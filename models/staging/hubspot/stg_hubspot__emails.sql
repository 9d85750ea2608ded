-- One-to-one e-mails logged in HubSpot, without their text. One row per version of an e-mail.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('hubspot', 'emails') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {'createdAt': '', 'properties': [
                'hs_timestamp', 'hs_email_subject', 'hs_email_direction', 'hs_email_status',
            ]}) }} as fields
    from source

),

renamed as (

    select
        record_id as email_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.properties.hs_email_subject), '') as subject,
        case upper(fields.properties.hs_email_direction)
            when 'INCOMING_EMAIL' then 'inbound'
            when 'EMAIL' then 'outbound'
        end as direction,
        lower(nullif(trim(fields.properties.hs_email_status), '')) as status,
        {{ utc('fields.properties.hs_timestamp') }} as occurred_at,
        {{ json_text('record', 'associations.contacts.results[0].id') }} as contact_id,
        {{ json_text('record', 'associations.deals.results[0].id') }} as deal_id,
        {{ utc('fields.createdat') }} as created_at
    from parsed

)

select * from renamed
