{# Materialization `components`: the query gives links (evidence, a, b, is_used, version) between nodes,
   several to a piece of evidence; the table says which connected component each linked node is in:
   (node_id, component). A component's name is its least node.

   A first build contracts all used links. Later ones look at links with a new version only: they
   contract onto the components that stand, and where evidence no longer holds nodes together that were
   in one component, that component is taken apart and contracted anew from the links it has left. #}
{% materialization components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grows = is_incremental() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if grows %}
    {% do components_that_change(target_relation, sql) %}
    {% call statement('main') %}
    delete from {{ target_relation }} where node_id in (select node_id from components_changed);
    insert into {{ target_relation }} (node_id, component)
    select node_id, component from components_changed
    {% endcall %}
    {% else %}
    {% do contract_edges('components', 'select a, b from (' ~ sql ~ ') as links where is_used') %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
    {% call statement('main') %}
    {{ create_table_as(False, target_relation, 'select node as node_id, component from (' ~ labels_of('components') ~ ') as labels') }}
    {% endcall %}
    {% endif %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Leaves the scratch table `components_changed` (node_id, component): nodes that are new or move. #}
{% macro components_that_change(existing, links) %}
    {% do scratch('components_new', 'select * from (' ~ links ~ ') as links where version > ' ~ seen_version()) %}
    {% do scratch('components_ends', ends_of('components_new')) %}
    {% do scratch('components_known',
        'select node_id, component from ' ~ existing ~ ' where node_id in (select node_id from components_ends)') %}
    {% set loosened = scratch('components_loosened', loosened('components_new', 'components_known')) %}
    {% do scratch('components_loose',
        'select node_id, component from ' ~ existing ~ ' where '
        ~ ('component in (select component from components_loosened)' if loosened else 'false')) %}
    {% set links_left = '' if not loosened else
        ' union all select a, b from (' ~ links ~ ') as links where is_used and a in (select node_id from components_loose)' %}
    {% do contract_edges('components', links_between_components() ~ links_left) %}
    {% do scratch('components_labels', labels_of('components')) %}
    {% do scratch('components_changed', changed_nodes(existing)) %}
{% endmacro %}

{% macro ends_of(links) -%}
    select a as node_id, max(cast(is_used as integer)) as is_linked from {{ links }} where a is not null group by a
    union
    select b, max(cast(is_used as integer)) from {{ links }} group by b
{%- endmacro %}

{# Components of which one piece of evidence holds two nodes, and no longer uses all that it holds. #}
{% macro loosened(links, known) -%}
    with weaker as (
        select evidence, a, b, is_used from {{ links }}
        where evidence in (select evidence from {{ links }} where not is_used)
    ),
    held as (
        select evidence, b as node_id, is_used from weaker
        union
        select evidence, a, true from weaker where a is not null
    )
    select distinct known.component
    from held
    inner join {{ known }} as known on held.node_id = known.node_id
    group by held.evidence, known.component
    having count(distinct held.node_id) > 1 and min(cast(held.is_used as integer)) = 0
{%- endmacro %}

{# New links, each end moved to the component it is in; nodes of a loosened component stand alone. #}
{% macro links_between_components() -%}
    select
        coalesce(of_a.component, links.a) as a,
        coalesce(of_b.component, links.b) as b
    from components_new as links
    left join components_known as of_a
        on links.a = of_a.node_id and of_a.component not in (select component from components_loosened)
    left join components_known as of_b
        on links.b = of_b.node_id and of_b.component not in (select component from components_loosened)
    where links.is_used
{%- endmacro %}

{% macro changed_nodes(existing) -%}
    select existing.node_id, labels.component
    from {{ existing }} as existing
    inner join components_labels as labels on existing.component = labels.node
    where
        existing.component <> labels.component
        and existing.component not in (select component from components_loosened)
    union all
    select loose.node_id, coalesce(labels.component, loose.node_id) as component
    from components_loose as loose
    left join components_labels as labels on loose.node_id = labels.node
    where loose.component <> coalesce(labels.component, loose.node_id)
    union all
    select ends.node_id, coalesce(labels.component, ends.node_id) as component
    from (select node_id from components_ends group by node_id having max(is_linked) = 1) as ends
    left join components_labels as labels on ends.node_id = labels.node
    where ends.node_id not in (select node_id from components_known)
{%- endmacro %}
