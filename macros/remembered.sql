{# What has been worked out in this call of dbt, by kind: a definition is asked for some eight times a
   model, and each time its whole ancestry would be walked. The graph is the one thing that all nodes
   of a call share; a process may make several calls with one graph, so each call begins with nothing. #}
{% macro remembered(kind) %}
    {{ return(graph.setdefault('remembered', {}).setdefault(kind, {}) if execute else {}) }}
{% endmacro %}

{% macro remember_nothing() %}
    {% if execute %}{% do graph.pop('remembered', none) %}{% endif %}
{% endmacro %}
