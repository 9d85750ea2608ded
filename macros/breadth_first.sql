{# From every node that `is_start` at once, level by level, all that links (a, b) join to one: node_id,
   and the steps and previous_node_id of a shortest way, over the least previous node where several are
   as short. Reads as a table inside a `from`. An engine's difference too long for dialect.sql. #}
{% macro breadth_first(nodes, is_start, links) %}
    {{ return(adapter.dispatch('breadth_first')(nodes, is_start, links)) }}
{% endmacro %}

{% macro duckdb__breadth_first(nodes, is_start, links) -%}
    (
        with recursive both_ways as materialized (
            select a, b from {{ links }}
            union all
            select b, a from {{ links }}
        ),
        -- No link skips a level: beside the newest (age 0), only the one before it (age 1) has to be at
        -- hand to see what is new.
        walk(node_id, previous_node_id, steps, age) as (
            select node_id, cast(null as bigint), cast(0 as bigint), 0
            from {{ nodes }}
            where {{ is_start }}
            union all
            select node_id, min(previous_node_id), min(steps), max(age)
            from (
                select
                    both_ways.b as node_id, walk.node_id as previous_node_id,
                    walk.steps + 1 as steps, 0 as age
                from walk
                inner join both_ways on walk.node_id = both_ways.a
                where walk.age = 0
                union all
                select node_id, null, steps, age + 1 from walk
            ) as reached
            group by node_id
            having max(age) < 2
        )
        select node_id, previous_node_id, steps from walk where age = 0
    )
{%- endmacro %}
