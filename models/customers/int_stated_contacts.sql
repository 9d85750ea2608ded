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
        }) }} as stated
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
        nullif(lower(trim(stated.email)), '') as email,
        nullif(trim(stated.phone), '') as phone,
        nullif(trim(stated.firstname), '') as first_name,
        nullif(trim(stated.lastname), '') as last_name,
        nullif(trim(stated.address.street), '') as street,
        nullif(trim(stated.address.city), '') as city,
        nullif(trim(stated.address.postalcode), '') as postal_code,
        nullif(upper(trim(stated.address.country)), '') as country
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
