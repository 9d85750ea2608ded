{# Of a JSON list of {value, primary}, of which at most three are looked at: the value that is
   marked, or else the first. #}
{% macro primary_entry(column, list) -%}
    nullif(trim(case
        when {{ json_text(column, list ~ '[1].primary') }} = 'true' then {{ json_text(column, list ~ '[1].value') }}
        when {{ json_text(column, list ~ '[2].primary') }} = 'true' then {{ json_text(column, list ~ '[2].value') }}
        else {{ json_text(column, list ~ '[0].value') }}
    end), '')
{%- endmacro %}

{# The first value of such a list that `primary_entry` does not give. #}
{% macro other_entry(column, list) -%}
    nullif(trim(case
        when
            {{ json_text(column, list ~ '[1].primary') }} = 'true'
            or {{ json_text(column, list ~ '[2].primary') }} = 'true'
            then {{ json_text(column, list ~ '[0].value') }}
        else {{ json_text(column, list ~ '[1].value') }}
    end), '')
{%- endmacro %}
