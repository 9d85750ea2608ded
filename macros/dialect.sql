{# Everything in which one engine's SQL differs from another's. Nothing else names an engine. #}

{# The text at a path of a JSON column; null where there is none. #}
{% macro json_text(column, path) %}{{ return(adapter.dispatch('json_text')(column, path)) }}{% endmacro %}
{% macro duckdb__json_text(column, path) -%}
    json_extract_string({{ column }}, '$.{{ path }}')
{%- endmacro %}

{# Many texts of a JSON column by one parse, as a struct: `shape` lists names, or maps a name to the
   shape below it. One extraction a field would parse the JSON as often. #}
{% macro json_struct(column, shape) %}{{ return(adapter.dispatch('json_struct')(column, shape)) }}{% endmacro %}
{% macro duckdb__json_struct(column, shape) -%}
    json_transform({{ column }}, '{{ json_shape(shape) }}')
{%- endmacro %}
{% macro json_shape(shape) -%}
    {%- set fields = [] -%}
    {%- for name in shape -%}
        {%- do fields.append('"' ~ name ~ '": ' ~ (
            json_shape(shape[name]) if shape is mapping and shape[name] else '"varchar"'
        )) -%}
    {%- endfor -%}
    { {{- fields | join(', ') -}} }
{%- endmacro %}

{# How many elements the array at a path of a JSON column has. #}
{% macro json_length(column, path) %}{{ return(adapter.dispatch('json_length')(column, path)) }}{% endmacro %}
{% macro duckdb__json_length(column, path) -%}
    cast(json_array_length({{ column }}, '$.{{ path }}') as integer)
{%- endmacro %}

{# The sum of one integer field over the objects of the array at a path of a JSON column. #}
{% macro json_sum(column, path, field) %}{{ return(adapter.dispatch('json_sum')(column, path, field)) }}{% endmacro %}
{% macro duckdb__json_sum(column, path, field) -%}
    cast(list_sum(list_transform(
        json_extract_string({{ column }}, '$.{{ path }}[*].{{ field }}'),
        lambda x: try_cast(x as integer)
    )) as integer)
{%- endmacro %}

{# Text with any offset, as the moment in UTC; null where it is no time. #}
{% macro utc(text) %}{{ return(adapter.dispatch('utc')(text)) }}{% endmacro %}
{% macro duckdb__utc(text) -%}
    try_cast({{ text }} as timestamptz) at time zone 'UTC'
{%- endmacro %}

{# A text of Unix seconds as the moment in UTC; null where it is none. #}
{% macro unix_time(text) %}{{ return(adapter.dispatch('unix_time')(text)) }}{% endmacro %}
{% macro duckdb__unix_time(text) -%}
    to_timestamp(try_cast({{ text }} as bigint)) at time zone 'UTC'
{%- endmacro %}

{# Whether a text matches a regular expression anywhere. #}
{% macro matches(text, pattern) %}{{ return(adapter.dispatch('matches')(text, pattern)) }}{% endmacro %}
{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{# All matches of a pattern replaced. #}
{% macro replace_all(text, pattern, by) %}{{ return(adapter.dispatch('replace_all')(text, pattern, by)) }}{% endmacro %}
{% macro duckdb__replace_all(text, pattern, by) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g')
{%- endmacro %}

{# Texts of a group joined in order, as one line. #}
{% macro joined(text, order_by, separator) %}{{ return(adapter.dispatch('joined')(text, order_by, separator)) }}{% endmacro %}
{% macro duckdb__joined(text, order_by, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{# Whole seconds from one moment to a later one. #}
{% macro seconds_between(earlier, later) %}{{ return(adapter.dispatch('seconds_between')(earlier, later)) }}{% endmacro %}
{% macro duckdb__seconds_between(earlier, later) -%}
    cast(epoch({{ later }}) - epoch({{ earlier }}) as bigint)
{%- endmacro %}

{# The text at a path that another column holds. #}
{% macro json_text_at(column, path) %}{{ return(adapter.dispatch('json_text_at')(column, path)) }}{% endmacro %}
{% macro duckdb__json_text_at(column, path) -%}
    json_extract_string({{ column }}, {{ path }})
{%- endmacro %}

{# Expressions by name as one value, which compares by the first, then by the second, and so on. #}
{% macro compound(fields) %}{{ return(adapter.dispatch('compound')(fields)) }}{% endmacro %}
{% macro duckdb__compound(fields) -%}
    { {%- for name in fields %}'{{ name }}': {{ fields[name] }}{{ ', ' if not loop.last }}{% endfor -%} }
{%- endmacro %}

{# A condition: false, unless a row meets the one given; then the query ends with this text as its
   error. A `case`, because an engine may ask the parts of an `and` in any order. #}
{% macro stop_if(condition, text) %}{{ return(adapter.dispatch('stop_if')(condition, text)) }}{% endmacro %}
{% macro duckdb__stop_if(condition, text) -%}
    case when {{ condition }} then cast(error({{ text }}) as boolean) else false end
{%- endmacro %}

{# SHA-256 of a text, in hexadecimal digits; null for null. #}
{% macro sha256_hex(text) %}{{ return(adapter.dispatch('sha256_hex')(text)) }}{% endmacro %}
{% macro duckdb__sha256_hex(text) -%}
    sha256({{ text }})
{%- endmacro %}
