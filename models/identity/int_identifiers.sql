-- Identifiers as sources give them, in one spelling. One row per identifier of a record's version.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

-- Messages that name the same identifiers are one record, and have no versions.
messages as (

    select
        identity_key,
        timestamp '1970-01-01 00:00:00' as updated_at,
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

-- So are receipts.
receipts as (

    select
        identity_key,
        timestamp '1970-01-01 00:00:00' as updated_at,
        '' as version_key,
        false as is_deleted,
        batch_id,
        member_id,
        user_id,
        email,
        phone
    from {{ ref('stg_retail__sales') }}
    where identity_key is not null and {{ is_new() }}
    group by identity_key, batch_id, member_id, user_id, email, phone

),

given as (

    {{ identifiers_of('messages', 'events', 'identity_key', [
        ('user_id', 'user_id'), ('anonymous_id', 'anonymous_id'), ('email', 'email'), ('phone', 'phone'),
    ]) }}
    union all
    select
        source, record_id, version, is_deleted, is_mention, country, batch_id,
        identifier_type, identifier_value
    from {{ ref('int_crm_identifiers') }}
    where {{ is_new() }}
    union all
    select
        source, record_id, version, is_deleted, is_mention, country, batch_id,
        identifier_type, identifier_value
    from {{ ref('int_buyer_identifiers') }}
    where {{ is_new() }}
    union all
    {{ identifiers_of(ref('stg_loyalty__members'), 'loyalty', 'member_id', [
        ('loyalty_member_id', 'member_id'), ('user_id', 'user_id'),
        ('email', 'email'), ('phone', 'phone'),
    ]) }}
    union all
    {{ identifiers_of('receipts', 'retail', 'identity_key', [
        ('loyalty_member_id', 'member_id'), ('user_id', 'user_id'),
        ('email', 'email'), ('phone', 'phone'),
    ], country='null') }}

),

normalized as (

    select
        concat(given.source, '/', given.record_id) as record_key,
        given.source,
        given.record_id,
        given.version,
        given.is_deleted,
        given.is_mention,
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
