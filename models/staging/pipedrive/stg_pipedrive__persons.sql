-- Persons of Pipedrive. One row per version of a person.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

source as (

    select * from {{ source('pipedrive', 'persons') }}
    where {{ is_new() }}

),

parsed as (

    select
        *,
        {{ json_struct('record', {
            'name': none, 'first_name': none, 'last_name': none, 'org_id': none,
            'job_title': none, 'marketing_status': none, 'add_time': none,
            'postal_address': [
                'street_number', 'route', 'locality', 'postal_code', 'country',
            ],
        }) }} as fields
    from source

),

renamed as (

    select
        record_id as person_id,
        {{ utc('updated_at') }} as updated_at,
        is_deleted,
        md5(cast(record as varchar)) as version_key,
        batch_id,
        -- The custom field in which this company keeps the shop's user id, by the key that
        -- Pipedrive drew for it (Settings, Data fields, Person); your company's is another one.
        nullif(trim(
            {{ json_text('record', 'custom_fields.b1a5e0c6d94f4d0f8c3e27a6f1d0b8c29e47a315') }}
        ), '') as user_id,
        lower({{ primary_entry('record', 'emails') }}) as email,
        lower({{ other_entry('record', 'emails') }}) as other_email,
        {{ primary_entry('record', 'phones') }} as phone,
        {{ other_entry('record', 'phones') }} as other_phone,
        coalesce(nullif(trim(fields.first_name), ''), nullif(trim(fields.name), '')) as first_name,
        nullif(trim(fields.last_name), '') as last_name,
        nullif(trim(concat(
            coalesce(fields.postal_address.street_number, ''), ' ',
            coalesce(fields.postal_address.route, '')
        )), '') as street,
        nullif(trim(fields.postal_address.locality), '') as city,
        nullif(trim(fields.postal_address.postal_code), '') as postal_code,
        upper(nullif(trim(fields.postal_address.country), '')) as country,
        nullif(trim(fields.job_title), '') as job_title,
        fields.org_id as organization_id,
        fields.marketing_status = 'unsubscribed' as has_opted_out_of_email,
        {{ utc('fields.add_time') }} as created_at
    from parsed

)

select * from renamed
