{# Why a value identifies nobody, or null: the patterns of the seed `blocked_values`, as constants,
   since an engine compiles a constant pattern once and any other for every row. #}
{% macro blocked_reason(identifier_type, value) -%}
    case
        {%- for row in blocked_rows('pattern') %}
        when
            {% if row[0] != 'any' %}{{ identifier_type }} = '{{ row[0] }}' and {% endif -%}
            {{ matches(value, "'" ~ row[1] | replace("'", "''") ~ "'") }}
            then '{{ row[2] | replace("'", "''") }}'
        {%- endfor %}
        else cast(null as varchar)
    end
{%- endmacro %}

{# The value of a contact field that is an identifier; null if it is one that the seed blocks. #}
{% macro unless_blocked(identifier_type, value) -%}
    {%- set values = ["''"] -%}
    {%- for row in blocked_rows('exact') if row[0] in ('any', identifier_type) -%}
        {%- do values.append("'" ~ row[1] | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    case
        when lower({{ value }}) in ({{ values | join(', ') }}) then null
        when {{ blocked_reason("'" ~ identifier_type ~ "'", value) }} is not null then null
        else {{ value }}
    end
{%- endmacro %}

{# Read by the name of the seed's table: in a unit test, `ref` names rows that only the test can see.
   A model that calls this says `depends_on` the seed. #}
{% macro blocked_rows(match) -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {{ return(run_query(
        'select identifier_type, value, reason from '
        ~ api.Relation.create(target.database, 'policy', 'blocked_values')
        ~ " where match = '" ~ match ~ "' order by 1, 2"
    ).rows) }}
{%- endmacro %}
