{# What an incremental model of links must look at again because a guard or a decision is not what it was
   when the model's own rows were written: after a changed limit, override or threshold, or because more
   people came to share a value. #}

{# Identifiers (node_id) that are guarded otherwise than the rows here say. #}
{% macro newly_guarded(guarded) -%}
    {%- if is_incremental() -%}
    select coalesce(guarded.node_id, held.node_id) as node_id
    from {{ guarded }} as guarded
    full outer join (
        select distinct
            node_id,
            guard,
            detail
        from {{ this }}
        where guard in ('blocked value', 'shared by too many')
    ) as held
        on guarded.node_id = held.node_id
    where
        guarded.detail is distinct from held.detail
        or guarded.guard is distinct from held.guard
    {%- else -%}
    select node_id from {{ guarded }}
    {%- endif -%}
{%- endmacro %}

{# Decisions that are new, changed or withdrawn, as rows of links; a withdrawn one links nothing. #}
{% macro newly_decided(decided) -%}
    select
        {%- for column in ('record_key', 'source', 'record_id', 'anchor_node_id', 'node_id', 'identifier_type', 'strength') %}
        coalesce(decided.{{ column }}, held.{{ column }}) as {{ column }},
        {%- endfor %}
        case when decided.record_key is null then 'withdrawn' else decided.guard end as guard,
        decided.detail,
        coalesce(decided.first_batch_id, held.first_batch_id) as first_batch_id
    from {{ decided }} as decided
    full outer join (
        {%- if is_incremental() %}
        select * from {{ this }}
        where strength = 0 or strength >= 100
        {%- else %}
        select * from {{ decided }}
        where false
        {%- endif %}
    ) as held
        on decided.record_key = held.record_key
    where
        (held.record_key is null or decided.record_key is null or decided.detail is distinct from held.detail
        or decided.guard is distinct from held.guard or decided.strength <> held.strength)
        and (decided.record_key is not null or held.guard is distinct from 'withdrawn')
{%- endmacro %}

{# Identifiers (node_id) whose links give way otherwise than the rows here say. #}
{% macro newly_yielding(yielding) -%}
    {%- if is_incremental() -%}
    select coalesce(yielding.node_id, held.node_id) as node_id
    from {{ yielding }} as yielding
    full outer join (
        select distinct
            node_id,
            detail
        from {{ this }}
        where guard in ('too many for one person', 'kept apart')
    ) as held
        on yielding.node_id = held.node_id
    where yielding.detail is distinct from held.detail
    {%- else -%}
    select node_id from {{ yielding }}
    {%- endif -%}
{%- endmacro %}
