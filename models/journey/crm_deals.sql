-- Deals as CRMs have them today, with the stages they went through. One row per deal.
with

ordered as (

    select
        *,
        row_number() over (
            partition by source, record_id order by updated_at desc, version_key desc
        ) as age,
        lag(stage) over (
            partition by source, record_id order by updated_at asc, version_key asc
        ) as previous_stage
    from {{ ref('stg_crm__deals') }}

),

stage_changes as (

    select
        source,
        record_id,
        {{ joined("concat(stage, ' ', cast(cast(updated_at as date) as varchar))",
            'updated_at, version_key', ' > ') }} as stage_history,
        max(updated_at) as stage_changed_at
    from ordered
    where stage is distinct from previous_stage
    group by source, record_id

),

latest as (

    select * from ordered
    where age = 1 and not is_deleted

)

select
    concat(latest.source, '/', latest.record_id) as deal_id,
    latest.source,
    latest.deal_name,
    people.node_id,
    latest.company_record_key,
    latest.pipeline,
    latest.stage,
    coalesce(stages.outcome, 'open') as outcome,
    stage_changes.stage_history,
    stage_changes.stage_changed_at,
    coalesce(latest.currency, '{{ var("reporting_currency") }}') as currency,
    cast(round(
        coalesce(latest.amount, 0) * power(10, coalesce(currencies.minor_digits, 2))
    ) as bigint) as amount_cents,
    cast(round(
        coalesce(latest.amount, 0) * coalesce(currencies.reporting_units, 0) * 100
    ) as bigint) as reporting_amount_cents,
    latest.created_at,
    latest.closes_on,
    latest.batch_id
from latest
-- A deal may have no stage yet.
left join stage_changes
    on latest.source = stage_changes.source and latest.record_id = stage_changes.record_id
left join {{ ref('customer_ids') }} as people
    on {{ is_named_by('latest.source', 'latest.contact_record_id') }}
left join {{ ref('deal_stages') }} as stages
    on latest.source = stages.source and latest.stage = stages.stage
left join {{ ref('currencies') }} as currencies
    on latest.currency = currencies.currency
