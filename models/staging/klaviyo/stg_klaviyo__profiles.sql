-- Profiles of Klaviyo. One row per version of a profile.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('klaviyo', 'profiles') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'attributes': {
                'email': none, 'phone_number': none, 'external_id': none, 'first_name': none,
                'last_name': none, 'organization': none, 'title': none, 'created': none,
                'location': ['address1', 'city', 'zip', 'country'],
                'subscriptions': {'email': {'marketing': ['consent']}},
            },
        }) }} as fields,
        {{ json_text('record', 'attributes.subscriptions.email.marketing.suppression') }}
            as suppression
    from source

),

renamed as (

    select
        record_id as profile_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        nullif(trim(fields.attributes.external_id), '') as user_id,
        lower(nullif(trim(fields.attributes.email), '')) as email,
        nullif(trim(fields.attributes.phone_number), '') as phone,
        nullif(trim(fields.attributes.first_name), '') as first_name,
        nullif(trim(fields.attributes.last_name), '') as last_name,
        nullif(trim(fields.attributes.location.address1), '') as street,
        nullif(trim(fields.attributes.location.city), '') as city,
        nullif(trim(fields.attributes.location.zip), '') as postal_code,
        upper(nullif(trim(fields.attributes.location.country), '')) as country,
        nullif(trim(fields.attributes.title), '') as job_title,
        nullif(trim(fields.attributes.organization), '') as company_name,
        -- Somebody whose mail bounced is suppressed too, and has said nothing.
        coalesce(fields.attributes.subscriptions.email.marketing.consent = 'UNSUBSCRIBED', false)
        or coalesce({{ matches('suppression', "'UNSUBSCRIBE|SPAM_COMPLAINT'") }}, false)
            as has_opted_out_of_email,
        {{ utc('fields.attributes.created') }} as created_at
    from parsed

)

select * from renamed
