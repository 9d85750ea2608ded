{# Materialization `components`: the query gives edges (a, b) between nodes; the table logs which
   connected component each node is in. A component's name is its least node. Every build appends the
   nodes whose component changed, so the latest row per node is today's answer and the rest is history:
   (node_id, component, previous_component, version, batch_id, changed_at).

   Min-hook contraction: each node hooks onto its least smaller neighbour, pointers jump to their end,
   the graph contracts to what is left, until no edge is left. #}
{% materialization components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do contract_edges('components', sql) %}
    {% if existing is none %}
    {% call statement('create') %}
    create table {{ target_relation }} (
        node_id bigint, component bigint, previous_component bigint,
        version bigint, batch_id bigint, changed_at timestamp
    )
    {% endcall %}
    {% endif %}
    {% call statement('main') %}
    {{ append_changed_components(target_relation, 'components_labels') }}
    {% endcall %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro append_changed_components(target_relation, labels) %}
    insert into {{ target_relation }}
    with latest as (
        select node_id, max_by(component, version) as component
        from {{ target_relation }}
        group by node_id
    ),
    compared as (
        -- A node that no edge reaches any more is its own component again.
        select
            coalesce(labels.node, latest.node_id) as node_id,
            coalesce(labels.component, latest.node_id) as component,
            latest.component as previous_component
        from {{ labels }} as labels
        full outer join latest on labels.node = latest.node_id
    )
    select
        node_id,
        component,
        coalesce(previous_component, node_id) as previous_component,
        (select coalesce(max(version), 0) + 1 from {{ target_relation }}) as version,
        {{ current_batch() }} as batch_id,
        cast(current_timestamp as timestamp) as changed_at
    from compared
    where component is distinct from previous_component
{% endmacro %}
