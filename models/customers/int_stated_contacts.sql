-- Contact fields that people typed themselves. One row per identify message and field.
{{ config(materialized='incremental', incremental_strategy='append') }}
-- depends_on: {{ ref('blocked_values') }}

with

messages as (

    select
        event_id,
        node_id,
        occurred_at,
        {{ json_struct('traits', {
            'email': [], 'phone': [], 'firstName': [], 'lastName': [],
            'address': ['street', 'city', 'postalCode', 'country'],
        }) }} as stated,
        -- RudderStack's clients put what an identify call says here.
        {{ json_struct('context', {
            'traits': {
                'email': [], 'phone': [], 'firstName': [], 'lastName': [],
                'address': ['street', 'city', 'postalCode', 'country'],
            },
        }) }} as about
    from {{ ref('events') }}
    where
        message_type = 'identify'
        and node_id is not null
        and {{ is_new() }}

),

trimmed as (

    select
        event_id,
        node_id,
        occurred_at,
        nullif(lower(trim(coalesce(stated.email, about.traits.email))), '') as email,
        nullif(trim(coalesce(stated.phone, about.traits.phone)), '') as phone,
        nullif(trim(coalesce(stated.firstname, about.traits.firstname)), '') as first_name,
        nullif(trim(coalesce(stated.lastname, about.traits.lastname)), '') as last_name,
        nullif(trim(coalesce(stated.address.street, about.traits.address.street)), '') as street,
        nullif(trim(coalesce(stated.address.city, about.traits.address.city)), '') as city,
        nullif(
            trim(coalesce(stated.address.postalcode, about.traits.address.postalcode)), ''
        ) as postal_code,
        nullif(
            upper(trim(coalesce(stated.address.country, about.traits.address.country))), ''
        ) as country
    from messages

),

normalized as (

    select
        trimmed.event_id,
        trimmed.node_id,
        trimmed.occurred_at,
        {{ unless_blocked('email', 'trimmed.email') }} as email,
        {{ unless_blocked('phone', normalize_phone('trimmed.phone')) }} as phone,
        trimmed.first_name,
        trimmed.last_name,
        trimmed.street,
        trimmed.city,
        trimmed.postal_code,
        case when trimmed.country is not null then coalesce(country.country, trimmed.country) end
            as country
    from trimmed
    left join {{ ref('countries') }} as country
        on
            coalesce(trimmed.country, '{{ var("default_country") }}')
            in (country.country, upper(country.name))

)

select
    event_id,
    node_id,
    occurred_at as updated_at,
    field,
    value
from normalized
unpivot (
    value for field in (
        email, phone, first_name, last_name, street, city, postal_code, country
    )
)
