{# Activities of CRMs of which a version came in a batch that the model has not seen. #}
{% macro touched_activities() -%}
    select distinct concat(source, '/', record_id) as activity_id
    from {{ ref('stg_crm__activities') }}
    where {{ is_new() }}
{%- endmacro %}
