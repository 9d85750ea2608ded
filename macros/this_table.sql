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

{# The newest value per key that the model itself recorded, of all rows or of some. #}
{% macro latest_in_this(keys, value, version, of='true') -%}
    {%- if is_incremental() -%}
    select {{ keys }}, max_by({{ value }}, {{ version }}) as {{ value }}
    from {{ this }}
    where {{ of }}
    group by {{ keys }}
    {%- else -%}
    select {% for key in keys.split(',') %}cast(null as varchar) as {{ key | trim }}, {% endfor -%}
    cast(null as varchar) as {{ value }}
    where false
    {%- endif -%}
{%- endmacro %}

{# The values of one column that the model holds. #}
{% macro held_in_this(column) -%}
    {%- if is_incremental() -%}
    select {{ column }} from {{ this }}
    {%- else -%}
    select cast(null as bigint) as {{ column }} where false
    {%- endif -%}
{%- endmacro %}

{# The newest component of each node that the model logged: of the nodes in question, or of all when
   the model looks at everything again. #}
{% macro latest_components(nodes) -%}
    {%- if is_incremental() -%}
    select node_id, max_by(component, version) as component
    from {{ this }}
    {%- if seen_version() | trim != '0' %}
    where node_id in (select node_id from {{ nodes }})
    {%- endif %}
    group by node_id
    {%- else -%}
    select cast(null as bigint) as node_id, cast(null as bigint) as component where false
    {%- endif -%}
{%- endmacro %}
