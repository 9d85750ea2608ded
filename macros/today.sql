{# The clock as one row: the day that data reaches (`as_on`), and reached when the model was last built
   (`was_on`). #}
{% macro today() -%}
    select
        max(as_on) as as_on,
        coalesce(max(case when batch_id <= {{ watermark() }} then as_on end), max(as_on)) as was_on
    from {{ ref('clock') }}
{%- endmacro %}
