-- Whom the records of CRMs name. One row per identifier of a version, or version that names nobody.
{{ config(materialized='view') }}

with

-- A record that was merged away is no record any more, but what it said of the person stays true.
contacts as (

    select
        source,
        record_id,
        updated_at,
        version_key,
        is_deleted and merged_into_record_id is null as is_deleted,
        merged_into_record_id is not null as is_merged,
        batch_id,
        country,
        user_id,
        email,
        other_email,
        phone,
        mobile_phone,
        other_phone,
        converted_record_id
    from {{ ref('stg_crm__contacts') }}

),

-- Records of people by their own ids, and whom other records name by such an id. A deal that names
-- nobody is here as well: it may have named somebody before.
named as (

    select
        source, record_id, updated_at, version_key, is_deleted, is_merged as is_mention, batch_id,
        record_id as named_record_id
    from contacts
    union all
    select
        source, record_id, updated_at, version_key, is_deleted, is_merged, batch_id,
        converted_record_id
    from contacts
    where converted_record_id is not null
    union all
    select
        source, record_id, updated_at, version_key, is_deleted, true, batch_id, contact_record_id
    from {{ ref('stg_crm__deals') }}
    union all
    select
        source, record_id, updated_at, version_key, is_deleted, true, batch_id, contact_record_id
    from {{ ref('stg_crm__activities') }}
    union all
    select
        source, record_id, updated_at, version_key, is_deleted, true, batch_id, contact_record_id
    from {{ ref('stg_support__tickets') }}
    union all
    -- E-mails to a person are one record, and have no versions.
    select distinct
        source, 'emails/' || contact_record_id, timestamp '1970-01-01 00:00:00', '', false, true,
        batch_id, contact_record_id
    from {{ ref('stg_email__events') }}

),

-- A merge names two records, and what undid it only the one that stands for itself again.
merged as (

    select
        source, record_id, updated_at, version_key, batch_id, identifier_type,
        loser_id as identifier_value
    from {{ ref('stg_crm__merges') }}
    union all
    select
        source, record_id, updated_at, version_key, batch_id, identifier_type, winner_id
    from {{ ref('stg_crm__merges') }}
    where winner_id is not null

),

given as (

    {{ identifiers_of('contacts', none, 'record_id', [
        ('user_id', 'user_id'), ('email', 'email'), ('email', 'other_email'),
        ('phone', 'phone'), ('phone', 'mobile_phone'), ('phone', 'other_phone'),
    ], is_mention='is_merged') }}
    union all
    select
        source, record_id, concat(cast(updated_at as varchar), ' ', version_key), is_deleted,
        is_mention, null, batch_id,
        {{ crm_identifier_type('source', 'named_record_id') }},
        split_part(named_record_id, '/', 2)
    from named
    union all
    select
        source, record_id, concat(cast(updated_at as varchar), ' ', version_key), false,
        true, null, batch_id, identifier_type, identifier_value
    from merged

)

select
    source,
    record_id,
    version,
    is_deleted,
    is_mention,
    country,
    batch_id,
    identifier_type,
    identifier_value
from given
