-- Identifiers as sources give them, in one spelling. One row per identifier of a record's version.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

messages as (

    select
        'events' as source,
        identity_key as record_id,
        cast(null as timestamp) as version_at,
        '' as version_key,
        false as is_deleted,
        max(country) as country,
        batch_id,
        user_id,
        anonymous_id,
        email,
        phone
    from {{ ref('stg_events__messages') }}
    where {{ is_new() }}
    group by identity_key, batch_id, user_id, anonymous_id, email, phone

),

hubspot_contacts as (

    select
        'hubspot' as source,
        concat('contact/', contact_id) as record_id,
        updated_at as version_at,
        *
    from {{ ref('stg_hubspot__contacts') }}
    where {{ is_new() }}

),

salesforce_leads as (

    select
        'salesforce' as source,
        concat('lead/', lead_id) as record_id,
        updated_at as version_at,
        *
    from {{ ref('stg_salesforce__leads') }}
    where {{ is_new() }}

),

salesforce_contacts as (

    select
        'salesforce' as source,
        concat('contact/', contact_id) as record_id,
        updated_at as version_at,
        *
    from {{ ref('stg_salesforce__contacts') }}
    where {{ is_new() }}

),

hubspot_deals as (

    select
        'hubspot' as source,
        concat('deal/', deal_id) as record_id,
        updated_at as version_at,
        cast(null as varchar) as country,
        *
    from {{ ref('stg_hubspot__deals') }}
    where {{ is_new() }}

),

salesforce_opportunities as (

    select
        'salesforce' as source,
        concat('opportunity/', opportunity_id) as record_id,
        updated_at as version_at,
        cast(null as varchar) as country,
        *
    from {{ ref('stg_salesforce__opportunities') }}
    where {{ is_new() }}

),

given as (

    {{ identifiers_of('messages', [
        ('user_id', 'user_id'), ('anonymous_id', 'anonymous_id'), ('email', 'email'), ('phone', 'phone'),
    ]) }}
    union all
    {{ identifiers_of('hubspot_contacts', [
        ('hubspot_contact_id', 'contact_id'), ('user_id', 'account_id'),
        ('email', 'email'), ('phone', 'phone'),
    ]) }}
    union all
    {{ identifiers_of('salesforce_leads', [
        ('salesforce_lead_id', 'lead_id'), ('salesforce_contact_id', 'converted_contact_id'),
        ('email', 'email'), ('phone', 'phone'),
    ]) }}
    union all
    {{ identifiers_of('salesforce_contacts', [
        ('salesforce_contact_id', 'contact_id'), ('user_id', 'user_id'),
        ('email', 'email'), ('phone', 'phone'), ('phone', 'mobile_phone'),
    ]) }}
    union all
    {{ identifiers_of('hubspot_deals', [('hubspot_contact_id', 'contact_id')]) }}
    union all
    {{ identifiers_of('salesforce_opportunities', [('salesforce_contact_id', 'contact_id')]) }}

),

normalized as (

    select distinct
        concat(given.source, '/', given.record_id) as record_key,
        given.source,
        given.record_id,
        given.version_at,
        given.version_key,
        given.is_deleted,
        given.batch_id,
        given.identifier_type,
        {{ normalize('given.identifier_type', 'given.identifier_value') }} as identifier_value
    from given
    left join {{ ref('mail_providers') }} as provider
        on
            given.identifier_type = 'email'
            and split_part(given.identifier_value, '@', 2) = provider.domain
    left join {{ ref('countries') }} as country
        on
            given.identifier_type = 'phone'
            and coalesce(given.country, '{{ var("default_country") }}')
            in (country.country, upper(country.name))

)

select * from normalized
