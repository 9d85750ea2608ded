{# What an incremental model already holds, as words inside its own query; nothing on a first build. #}

{% macro absent_from_this(columns) -%}
    {%- if is_incremental() -%}
    where ({{ columns | join(', ') }}) not in (select {{ columns | join(', ') }} from {{ this }})
    {%- endif -%}
{%- endmacro %}

{% macro highest_in_this(column) -%}
    {%- if is_incremental() -%}
    (select coalesce(max({{ column }}), 0) from {{ this }})
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}

{# The newest value per key that the model itself recorded. #}
{% macro latest_in_this(keys, value, version) -%}
    {%- if is_incremental() -%}
    select {{ keys }}, max_by({{ value }}, {{ version }}) as {{ value }}
    from {{ this }}
    group by {{ keys }}
    {%- else -%}
    select {% for key in keys.split(',') %}cast(null as varchar) as {{ key | trim }}, {% endfor -%}
    cast(null as varchar) as {{ value }}
    where false
    {%- endif -%}
{%- endmacro %}

{# The identifiers that the evidence refuses so far, with the detail of their guard. #}
{% macro guarded_in_this() -%}
    {%- if is_incremental() -%}
    select distinct node_id, detail from {{ this }}
    where detail is not null
    {%- else -%}
    select cast(null as bigint) as node_id, cast(null as varchar) as detail
    where false
    {%- endif -%}
{%- endmacro %}
