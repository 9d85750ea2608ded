-- A decision about an identifier that nobody has decides nothing: mistyped, or not here yet.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'identity_evidence'}}}) }}
with

named as (

    select
        decided_on,
        a_type as identifier_type,
        a_value as identifier_value
    from {{ ref('identity_overrides') }}
    union all
    select
        decided_on,
        b_type,
        b_value
    from {{ ref('identity_overrides') }}

)

select named.*
from named
left join {{ ref('customer_ids') }} as customer_ids
    on
        named.identifier_type = customer_ids.identifier_type
        and named.identifier_value = customer_ids.identifier_value
where customer_ids.node_id is null
