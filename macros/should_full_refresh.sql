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
    {% set built = built_as() %}
    {% if built is none %}{{ return(false) }}{% endif %}
    {% set now = definition_of(model.unique_id).split('/') %}
    {{ return(built[0] != now[0] or (built[1] != '' and now[1] != '' and built[1] != now[1])) }}
{% endmacro %}

{# Fingerprints of the nodes, macros and rules with which this model was last built; none if it never was.
   All models of a database are looked up at once, by the first that asks. #}
{% macro built_as() %}
    {% if this is none %}{{ return(none) }}{% endif %}
    {% set known = remembered('built in ' ~ this.database) %}
    {% if execute and not known %}
        {% do known.update({'': none}) %}
        {% for built in run_query('select model, definition from ' ~ watermarks()) %}
            {% do known.update({built['model']: (built['definition'] ~ '//').split('/')}) %}
        {% endfor %}
    {% endif %}
    {{ return(known.get(model.name)) }}
{% endmacro %}

{# Fingerprints of a node with everything that it is made of, of the macros, and of the rules of identity. #}
{% macro definition_of(unique_id) %}
    {% set known = remembered('definitions') %}
    {% if execute and unique_id not in known %}
        {% set seen = [unique_id] %}
        {% for node_id in seen %}
            {% for parent in graph.nodes[node_id].depends_on.nodes if parent in graph.nodes and parent not in seen %}
                {% do seen.append(parent) %}
            {% endfor %}
        {% endfor %}
        {% set checksums = [] %}
        {% for node_id in seen | sort %}
            {% do checksums.append(checksum_of(graph.nodes[node_id])) %}
        {% endfor %}
        {% do known.update({unique_id: local_md5(checksums | join(' ')) ~ '/' ~ env_var('KITH_MACROS', '') ~ '/' ~ rules_fingerprint()}) %}
    {% endif %}
    {{ return(known.get(unique_id, '//')) }}
{% endmacro %}
