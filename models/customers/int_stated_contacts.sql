-- Contact fields that people typed themselves. One row per identify message.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

statements as (

    select
        event_id,
        node_id,
        occurred_at,
        nullif(lower(trim({{ json_text('traits', 'email') }})), '') as email,
        nullif(trim({{ json_text('traits', 'phone') }}), '') as phone,
        nullif(trim({{ json_text('traits', 'firstName') }}), '') as first_name,
        nullif(trim({{ json_text('traits', 'lastName') }}), '') as last_name,
        nullif(trim({{ json_text('traits', 'address.city') }}), '') as city,
        upper({{ json_text('traits', 'address.country') }}) as country
    from {{ ref('events') }}
    where
        message_type = 'identify'
        and node_id is not null
        and {{ is_new() }}

)

select
    statements.event_id,
    statements.node_id,
    statements.occurred_at as updated_at,
    statements.email,
    {{ normalize_phone('statements.phone') }} as phone,
    statements.first_name,
    statements.last_name,
    statements.city,
    case when statements.country is not null then coalesce(country.country, statements.country) end
        as country
from statements
left join {{ ref('countries') }} as country
    on
        coalesce(statements.country, '{{ var("default_country") }}')
        in (country.country, upper(country.name))
