-- Which value to believe where records disagree. One row per customer and field of whom they do.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

statements as (

    select * from {{ ref('int_contact_statements') }}
    where
        is_current
        and customer_id in ({{ touched_customers() }})

),

disputed as (

    select customer_id from statements
    group by customer_id, field
    having min(value) <> max(value)

),

compared as (

    select
        statements.*,
        rules.rule,
        coalesce(priorities.priority, 1000) as priority,
        count(*) over (
            partition by
                statements.customer_id, statements.record_key,
                coalesce(rules.together, statements.field)
        ) as fields_together,
        count(*) over (
            partition by statements.customer_id, statements.field, statements.value
        ) as records
    from statements
    left join {{ ref('survivorship') }} as rules on statements.field = rules.field
    left join {{ ref('source_priorities') }} as priorities on statements.source = priorities.source
    where statements.customer_id in (select customer_id from disputed)

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, field
            order by
                fields_together desc,
                case rule
                    when 'most frequent' then records
                    when 'most complete' then length(value)
                    else 0
                end desc,
                case when rule = 'most recent' then stated_at end desc nulls last,
                priority asc,
                stated_at desc,
                record_key asc,
                value asc
        ) as preference
    from compared

)

select
    customer_id,
    field,
    value
from ranked
where preference = 1
