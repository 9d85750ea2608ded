{# Materialization `contested`: groups of linked nodes that may not be one component as they are, taken
   apart by letting the weakest links give way. The query gives, told apart by `kind`,
     link   a, b, strength   b is linked to a; strength 0 always holds, the higher the number the weaker
     limit  a, name, most    node a counts as a `name`, of which a component holds at most so many
     never  a, b             two nodes that may not be in one component
     again  a                a node that the table holds and that is decided anew
   The table says where each node of a link ends up, and from which strength on its own links gave way
   and why, if they did: (node_id, component, strength, guard, detail).

   Links are taken from the strongest to the weakest, all of one strength at once, so no order of arrival
   matters. Where they would break a rule, first the nodes give way whose links join what was apart, then
   whatever of that strength is left in that component. #}
{% materialization contested, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grows = is_incremental() -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do scratch('contested_input', sql) %}
    {% do settle_links() %}
    {% if grows %}
    {% call statement('main') %}
    delete from {{ target_relation }} where node_id in (select a from contested_input where kind = 'again');
    insert into {{ target_relation }} (node_id, component, strength, guard, detail)
    {{ settled_nodes() }}
    {% endcall %}
    {% else %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
    {% call statement('main') %}{{ create_table_as(False, target_relation, settled_nodes()) }}{% endcall %}
    {% endif %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro settled_nodes() -%}
    select parts.node_id, parts.component, yielded.strength, yielded.guard, yielded.detail
    from contested_parts as parts
    left join contested_yielded as yielded on parts.node_id = yielded.node_id
{%- endmacro %}

{% macro settle_links() %}
    {% do scratch('contested_parts',
        "select a as node_id, a as component from contested_input where kind = 'link'"
        ~ " union select b, b from contested_input where kind = 'link'") %}
    {% do scratch('contested_yielded',
        'select a as node_id, strength, name as guard, name as detail from contested_input where false') %}
    {% set strengths = run_query(
        "select distinct strength from contested_input where kind = 'link' order by 1").columns[0].values() %}
    {% for strength in strengths %}
        {% do scratch('contested_links', links_of_strength(strength)) %}
        {% set state = namespace(is_open=count_rows('contested_links') > 0) %}
        {% for yielding in (joining_nodes(), all_nodes(), none) if state.is_open %}
            {% do contract_edges('contested', 'select a, b from contested_links') %}
            {% do scratch('contested_labels', labels_of('contested')) %}
            {% do scratch('contested_broken', broken_components()) %}
            {% set state.is_open = strength > 0 and count_rows('contested_broken') > 0 %}
            {% if state.is_open %}
                {% do scratch('contested_yielding', yielding) %}
                {% do append_scratch('contested_yielded', 'select node_id, ' ~ strength ~ ', guard, detail from contested_yielding') %}
                {% do scratch('contested_links_left',
                    'select * from contested_links where b_node not in (select node_id from contested_yielding)') %}
                {% do scratch('contested_links', 'select * from contested_links_left') %}
            {% endif %}
        {% endfor %}
        {% if state.is_open %}{{ exceptions.raise_compiler_error('contested: strength ' ~ strength ~ ' did not settle') }}{% endif %}
        {% if count_rows('contested_links') > 0 %}
        {% do scratch('contested_moved', 'select node_id, whole as component from ' ~ wholes()) %}
        {% do scratch('contested_parts', 'select * from contested_moved') %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{# Links whose ends are in different components so far. #}
{% macro links_of_strength(strength) -%}
    select links.b as b_node, of_a.component as a, of_b.component as b
    from contested_input as links
    inner join contested_parts as of_a on links.a = of_a.node_id
    inner join contested_parts as of_b on links.b = of_b.node_id
    where
        links.kind = 'link' and links.strength = {{ strength }} and of_a.component <> of_b.component
        and links.b not in (select node_id from contested_yielded)
{%- endmacro %}
