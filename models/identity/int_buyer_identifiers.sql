-- Whom orders of shop systems name. One row per identifier of those that name the same, and batch.
{{ config(materialized='view') }}

with

versions as (

    select
        source,
        identity_key,
        batch_id,
        customer_record_id,
        email,
        phone,
        lead(batch_id) over (
            partition by source, order_id order by updated_at asc, version_key asc
        ) as next_batch_id
    from {{ ref('stg_commerce__orders') }}

),

-- Orders that name the same identifiers are one record, and have no versions. Whom an order named
-- before is told once more with its next version, for it may not be theirs any longer.
buyers as (

    select
        source,
        identity_key,
        timestamp '1970-01-01 00:00:00' as updated_at,
        '' as version_key,
        false as is_deleted,
        batch_id,
        customer_record_id,
        split_part(customer_record_id, '/', 2) as customer_id,
        email,
        phone
    from (
        select
            source, identity_key, batch_id, customer_record_id, email, phone
        from versions
        union
        select
            source, identity_key, next_batch_id, customer_record_id, email, phone
        from versions
        where next_batch_id is not null
    ) as told
    where identity_key is not null

),

given as (

    {{ identifiers_of('buyers', none, 'identity_key', [
        ('email', 'email'), ('phone', 'phone'),
    ], country='null') }}
    union all
    select
        source, identity_key, concat(cast(updated_at as varchar), ' ', version_key), is_deleted,
        false, null, batch_id,
        {{ crm_identifier_type('source', 'customer_record_id') }}, customer_id
    from buyers
    where customer_record_id is not null

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
