{# Connected components of the edges (a, b) that a query gives, left in the scratch table
   `<name>_labels` (node, component). Raises with the sizes of the rounds if `max_rounds` do not end it. #}
{% macro contract_edges(name, edges, max_rounds=64) %}
    {% do scratch(name ~ '_edges_0',
        'select distinct least(a, b) as low, greatest(a, b) as high from (' ~ edges ~ ') as edges where a <> b') %}
    {% set state = namespace(rounds=0, sizes=[count_rows(name ~ '_edges_0')]) %}
    {% for round in range(max_rounds) if state.sizes[-1] > 0 %}
        {% do hook_and_jump(name ~ '_edges_' ~ round, name ~ '_hooks_' ~ round, round) %}
        {% do scratch(name ~ '_edges_' ~ (round + 1), contracted(name ~ '_edges_' ~ round, name ~ '_hooks_' ~ round)) %}
        {% do state.sizes.append(count_rows(name ~ '_edges_' ~ (round + 1))) %}
        {% set state.rounds = round + 1 %}
    {% endfor %}
    {% if state.sizes[-1] > 0 %}
        {{ exceptions.raise_compiler_error(
            name ~ ': not contracted after ' ~ max_rounds ~ ' rounds; edges by round: ' ~ state.sizes) }}
    {% endif %}
    {% do scratch(name ~ '_labels', 'select cast(null as bigint) as node, cast(null as bigint) as component where false') %}
    {% for back in range(state.rounds) %}
        {% do scratch(name ~ '_labels', unrolled(name ~ '_hooks_' ~ (state.rounds - 1 - back), name ~ '_labels')) %}
    {% endfor %}
    {% do log(name ~ ': edges by round ' ~ state.sizes) %}
{% endmacro %}

{# Each node's least smaller neighbour; from the second round on, followed to the end of its chain. #}
{% macro hook_and_jump(edges, hooks, round) %}
    {% do scratch(hooks, 'select high as node, min(low) as component from ' ~ edges ~ ' group by high') %}
    {% set state = namespace(open=round) %}
    {% for _ in range(64) if state.open > 0 %}
        {% do scratch(hooks ~ '_next',
            'select hooks.node, coalesce(further.component, hooks.component) as component from ' ~ hooks
            ~ ' as hooks left join ' ~ hooks ~ ' as further on further.node = hooks.component') %}
        {% do scratch(hooks, 'select * from ' ~ hooks ~ '_next') %}
        {% set state.open = count_rows(
            hooks ~ ' as hooks where exists (select 1 from ' ~ hooks
            ~ ' as further where further.node = hooks.component)') %}
    {% endfor %}
{% endmacro %}

{% macro contracted(edges, hooks) -%}
    select distinct least(a, b) as low, greatest(a, b) as high from (
        select coalesce(low_hooks.component, edges.low) as a, high_hooks.component as b
        from {{ edges }} as edges
        left join {{ hooks }} as low_hooks on low_hooks.node = edges.low
        inner join {{ hooks }} as high_hooks on high_hooks.node = edges.high
    ) as moved
    where a <> b
{%- endmacro %}

{# Labels of the contracted graph, carried back to the nodes that hooked in this round. #}
{% macro unrolled(hooks, labels) -%}
    select hooks.node, coalesce(labels.component, hooks.component) as component
    from {{ hooks }} as hooks
    left join {{ labels }} as labels on labels.node = hooks.component
    union all
    select labels.node, labels.component
    from {{ labels }} as labels
    where not exists (select 1 from {{ hooks }} as hooks where hooks.node = labels.node)
    union all
    select distinct hooks.component as node, hooks.component
    from {{ hooks }} as hooks
    where
        not exists (select 1 from {{ hooks }} as further where further.node = hooks.component)
        and not exists (select 1 from {{ labels }} as labels where labels.node = hooks.component)
{%- endmacro %}

{% macro count_rows(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0].values()[0] | int) }}
{%- endmacro %}
