{# Whether dbt builds an incremental model from all batches: when told to, and when its own SQL, a model
   or seed that it reads, or any macro is not what it was when the model was last built. So an edited
   rule holds for all of history at the next run. What must outlive a rebuild says
   `full_refresh: false`. dbt does not tell macros' content: the run says it in KITH_MACROS, and where
   nobody says it, macros are taken for unchanged. #}
{% macro should_full_refresh() %}
    {% set configured = config.get('full_refresh') %}
    {{ return(configured if configured is not none else flags.FULL_REFRESH or is_redefined()) }}
{% endmacro %}

{% macro is_redefined() %}
    {% set built = run_query(
        "select definition from " ~ watermarks() ~ " where model = '" ~ model.name ~ "'"
    ).columns[0].values() if execute else () %}
    {% if not built | length %}{{ return(false) }}{% endif %}
    {% set nodes_then, macros_then = built[0].split('/') %}
    {% set nodes_now, macros_now = definition_of(model.unique_id).split('/') %}
    {{ return(
        nodes_then != nodes_now or (macros_then and macros_now and macros_then != macros_now)
    ) }}
{% endmacro %}

{# Fingerprints of a node with everything that it is made of, and of the macros. #}
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
    {% set macros = env_var('KITH_MACROS', '') if execute else '' %}
    {{ return(local_md5(checksums | join(' ')) ~ '/' ~ macros) }}
{% endmacro %}
