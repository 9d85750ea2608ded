-- Every way in which a person was ever described or reached. One row per customer, field and value.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

statements as (

    select
        statements.*,
        rules.rule,
        coalesce(priorities.priority, 1000) as priority
    from {{ ref('int_contact_statements') }} as statements
    left join {{ ref('survivorship') }} as rules on statements.field = rules.field
    left join {{ ref('source_priorities') }} as priorities on statements.source = priorities.source
    where statements.customer_id in ({{ touched_customers() }})

),

said as (

    select
        customer_id,
        field,
        value,
        max({{ compound({
            'is_current': 'is_current',
            'recent_at': "case when rule = 'most recent' then stated_at end",
            'trust': '-priority',
            'stated_at': 'stated_at',
            'source': 'source',
        }) }}) as best,
        cast(count(distinct source) as integer) as sources,
        min(stated_at) as first_stated_at,
        max(stated_at) as last_stated_at,
        count(*) as times_stated,
        bool_or(is_current) as is_current
    from statements
    group by customer_id, field, value

),

points as (

    select
        *,
        best.source,
        best.stated_at
    from said

)

select
    points.customer_id,
    points.field,
    points.value,
    points.source,
    points.stated_at,
    points.sources,
    points.first_stated_at,
    points.last_stated_at,
    points.times_stated,
    points.is_current and coalesce(chosen.value, points.value) = points.value as is_chosen,
    points.is_current
from points
left join {{ ref('int_chosen_values') }} as chosen
    on
        points.customer_id = chosen.customer_id
        and points.field = chosen.field
