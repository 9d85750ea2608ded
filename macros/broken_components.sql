{# Steps of the materialization `contested`, over its scratch tables. #}

{# Each node with the component it is in so far, and the one that the links in question would make. #}
{% macro wholes() -%}
    (
        select parts.node_id, parts.component as part, coalesce(labels.component, parts.component) as whole
        from contested_parts as parts
        left join contested_labels as labels on parts.component = labels.node
    ) as placed
{%- endmacro %}

{# Pairs never to be linked whose ends the links in question would bring together. #}
{% macro meetings() -%}
    (
        select pairs.a, pairs.b, pairs.name as detail, of_a.whole
        from contested_input as pairs
        inner join (select * from {{ wholes() }}) as of_a on pairs.a = of_a.node_id
        inner join (select * from {{ wholes() }}) as of_b on pairs.b = of_b.node_id and of_a.whole = of_b.whole
        where pairs.kind = 'never' and of_a.part <> of_b.part
    ) as meetings
{%- endmacro %}

{# Components that the links would make and that break a rule which none of its parts broke as much. #}
{% macro broken_components() -%}
    with counted as (
        select placed.whole, placed.part, limits.name, min(limits.most) as most, count(*) as nodes
        from {{ wholes() }}
        inner join contested_input as limits on placed.node_id = limits.a and limits.kind = 'limit'
        group by placed.whole, placed.part, limits.name
    ),
    crowded as (
        select
            whole,
            'too many for one person' as guard,
            concat(
                'would make one customer of ', cast(sum(nodes) as varchar), ' ', name,
                ' values; at most ', cast(min(most) as varchar)
            ) as detail
        from counted
        group by whole, name
        having sum(nodes) > min(most) and sum(nodes) > max(nodes)
    ),
    kept_apart as (
        select whole, 'kept apart' as guard, detail from {{ meetings() }}
    )
    -- One reason each; a steward's word before a limit.
    select whole as component, min(guard) as guard, min_by(detail, concat(guard, detail)) as detail
    from (select * from crowded union all select * from kept_apart) as broken
    group by whole
{%- endmacro %}

{# Nodes whose links join what was apart, or that a steward named: the ones to blame. #}
{% macro joining_nodes() -%}
    select links.b_node as node_id, min(broken.guard) as guard, min(broken.detail) as detail
    from contested_links as links
    inner join contested_labels as labels on links.a = labels.node
    inner join contested_broken as broken on labels.component = broken.component
    group by links.b_node
    having
        count(distinct links.a) > 1
        or max(links.b) in (select component from contested_parts group by component having count(*) > 1)
        or links.b_node in (select a from {{ meetings() }} union all select b from {{ meetings() }})
{%- endmacro %}

{% macro all_nodes() -%}
    select links.b_node as node_id, min(broken.guard) as guard, min(broken.detail) as detail
    from contested_links as links
    inner join contested_labels as labels on links.a = labels.node
    inner join contested_broken as broken on labels.component = broken.component
    group by links.b_node
{%- endmacro %}
