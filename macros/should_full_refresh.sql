{# Whether dbt builds an incremental model from all batches: when told to, and when its own SQL, or a
   model or seed that it reads, is not what it was when the model was last built. So an edited rule
   holds for all of history at the next run. What must outlive a rebuild says `full_refresh: false`. #}
{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {{ return(configured if configured is not none else flags.FULL_REFRESH or is_redefined()) }}
{% endmacro %}

{% macro is_redefined() %}
    {% set built = run_query(
        "select definition from " ~ watermarks() ~ " where model = '" ~ model.name ~ "'"
    ).columns[0].values() if execute else () %}
    {{ return(built | length > 0 and built[0] != definition_of(model.unique_id)) }}
{% endmacro %}

{# A fingerprint of a node and of everything that it is made of. #}
{% macro definition_of(unique_id) %}
    {% set seen = [unique_id] if execute else [] %}
    {% for node_id in seen %}
        {% for parent in graph.nodes[node_id].depends_on.nodes if parent in graph.nodes and parent not in seen %}
            {% do seen.append(parent) %}
        {% endfor %}
    {% endfor %}
    {% set checksums = [] %}
    {% for node_id in seen | sort %}
        {% do checksums.append(graph.nodes[node_id].checksum.checksum) %}
    {% endfor %}
    {{ return(local_md5(checksums | join(' '))) }}
{% endmacro %}
