{# Connected components of the edges (a, b) that a query gives, to be read from `labels_of(name)`.
   Raises with the sizes of the rounds if `max_rounds` do not end it. #}
{% macro contract_edges(name, edges, max_rounds=64) %}
    {% set sizes = [scratch(name ~ '_edges_0',
        'select least(a, b) as low, greatest(a, b) as high from (' ~ edges ~ ') as edges where a <> b')] %}
    {# Two tables of edges take turns; each round's hooks are kept, to find the way back. #}
    {% for round in range(max_rounds) if sizes[-1] > 0 %}
        {% set hooks = name ~ '_hooks_' ~ round %}
        {% do hook(hooks, name ~ '_edges_' ~ round % 2, round) %}
        {% do sizes.append(scratch(
            name ~ '_edges_' ~ (round + 1) % 2, contracted(name ~ '_edges_' ~ round % 2, hooks))) %}
    {% endfor %}
    {% if sizes[-1] > 0 %}
        {{ exceptions.raise_compiler_error(
            name ~ ': not contracted after ' ~ max_rounds ~ ' rounds; edges by round: ' ~ sizes) }}
    {% endif %}
    {% do scratch(name ~ '_hooked_' ~ (sizes | length - 1),
        'select cast(null as bigint) as node, cast(null as bigint) as component where false') %}
    {% for round in range(sizes | length - 1) | reverse %}
        {% do scratch(name ~ '_hooked_' ~ round, unrolled(name ~ '_hooks_' ~ round, name ~ '_hooked_' ~ (round + 1))) %}
    {% endfor %}
    {# Only the tables of the first round are large. #}
    {% if sizes | length > 1 %}{% do forget_scratch(name ~ '_hooks_0') %}{% endif %}
    {% do log(name ~ ': edges by round ' ~ sizes) %}
{% endmacro %}

{# What `contract_edges` found: (node, component) of every node of an edge. The least node of a component
   hooked nowhere, and is its own. #}
{% macro labels_of(name) -%}
    select node, component from {{ name }}_hooked_0
    union all
    select component as node, component from (select distinct component from {{ name }}_hooked_0) as roots
{%- endmacro %}

{# Each node's least smaller neighbour; from the second round on, followed to the end of its chain: the
   first contraction is cheaper without, the graphs of later ones are small and deep. #}
{% macro hook(hooks, edges, round) %}
    {% set least_neighbours = 'select high as node, min(low) as component from ' ~ edges ~ ' group by high' %}
    {% do scratch(hooks, least_neighbours if round == 0 else jumped('(' ~ least_neighbours ~ ')')) %}
    {% set state = namespace(open=count_rows(unfinished(hooks)) if round > 0 else 0) %}
    {% for _ in range(16) if state.open > 0 %}
        {% do scratch(hooks ~ '_next', jumped(hooks)) %}
        {% do rename_scratch(hooks ~ '_next', hooks) %}
        {% set state.open = count_rows(unfinished(hooks)) %}
    {% endfor %}
{% endmacro %}

{# Three jumps at once, each twice as far as the one before it: eight hooks of a chain. #}
{% macro jumped(hooks) -%}
    with jump_0 as (select node, component from {{ hooks }} as hooks){% for jump in (1, 2, 3) %},
    jump_{{ jump }} as (
        select hooks.node, coalesce(further.component, hooks.component) as component
        from jump_{{ jump - 1 }} as hooks
        left join jump_{{ jump - 1 }} as further on further.node = hooks.component
    )
    {%- endfor %}
    select node, component from jump_3
{%- endmacro %}

{% macro unfinished(hooks) -%}
    {{ hooks }} as hooks
    where exists (select 1 from {{ hooks }} as further where further.node = hooks.component)
{%- endmacro %}

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
{%- endmacro %}

{% macro count_rows(relation) -%}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0].values()[0] | int) }}
{%- endmacro %}
