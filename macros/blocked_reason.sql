{# Why a value identifies nobody, or null: the patterns of the seed `blocked_values`, as constants,
   since an engine compiles a constant pattern once and any other for every row. #}
{% macro blocked_reason(identifier_type, value) -%}
    {%- set patterns = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(
            'select identifier_type, value, reason from ' ~ ref('blocked_values')
            ~ " where match = 'pattern' order by 1, 2"
        ) -%}
        {%- for row in rows -%}{%- do patterns.append(row) -%}{%- endfor -%}
    {%- endif -%}
    case
        {%- for row in patterns %}
        when
            {% if row[0] != 'any' %}{{ identifier_type }} = '{{ row[0] }}' and {% endif -%}
            {{ matches(value, "'" ~ row[1] | replace("'", "''") ~ "'") }}
            then '{{ row[2] | replace("'", "''") }}'
        {%- endfor %}
        else cast(null as varchar)
    end
{%- endmacro %}
