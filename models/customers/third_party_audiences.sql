-- Whom third parties count in their audiences today. One row per customer, provider and audience.
with

latest as (

    select *
    from {{ ref('stg_audiences__members') }}
    qualify
        row_number() over (partition by member_id order by updated_at desc, version_key desc) = 1

),

in_force as (

    select
        latest.*,
        case
            when latest.identifier_type = 'phone'
                then {{ normalize_phone('latest.identifier_value') }}
            else latest.identifier_value
        end as spelled
    from latest
    cross join ({{ today() }}) as clock
    left join {{ ref('countries') }} as country
        on latest.identifier_type = 'phone' and country.country = '{{ var("default_country") }}'
    where not latest.is_deleted and latest.valid_until >= clock.as_on

),

offered as (

    select
        *,
        case identifier_type
            when 'email' then {{ hashed_email('spelled') }}
            when 'phone' then {{ hashed_phone_google('spelled') }}
            else lower(spelled)
        end as fingerprint
    from in_force

),

points as (

    select customer_id, field, value
    from {{ ref('customer_contact_points') }}
    -- Without audiences nothing is worth hashing.
    where is_current and field in ('email', 'phone') and (select count(*) from in_force) > 0

),

-- Providers hash an address or a number in one of the ways that advertising platforms ask for.
fingerprints as (

    select
        customer_id, field,
        case field
            when 'email' then {{ hashed_email('value') }}
            else {{ hashed_phone_google('value') }}
        end as fingerprint
    from points
    union all
    select
        customer_id, field,
        case field
            when 'email' then {{ hashed_email_google('value') }}
            else {{ hashed_phone_meta('value') }}
        end as fingerprint
    from points

),

-- What several customers have says nothing about any of them.
owners as (

    select field, fingerprint, min(customer_id) as customer_id
    from fingerprints
    group by field, fingerprint
    having count(distinct customer_id) = 1

),

matched as (

    select offered.*, owners.customer_id
    from offered
    inner join owners
        on
            offered.identifier_type in (owners.field, concat(owners.field, '_sha256'))
            and offered.fingerprint = owners.fingerprint
    union all
    select offered.*, ids.customer_id
    from offered
    inner join {{ ref('customer_ids') }} as ids
        on
            offered.identifier_type = ids.identifier_type
            and offered.identifier_value = ids.identifier_value
    where ids.identifier_type not in ('email', 'phone') and ids.is_current

)

select
    customer_id, provider, audience,
    max_by(identifier_type, valid_until) as matched_by,
    count(*) as identifiers,
    max(updated_at) as received_at,
    max(valid_until) as expires_on
from matched
group by customer_id, provider, audience
