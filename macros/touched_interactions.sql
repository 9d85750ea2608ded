{# What `interactions` may hold of the activities and tickets of which a version came in a batch that it
   has not seen. #}
{% macro touched_interactions() -%}
    {{ touched_activities() }}
    union all
    select distinct concat(ticket_id, '/', step)
    from ({{ touched_tickets() }}) as tickets
    cross join (values ('created'), ('solved')) as steps (step)
{%- endmacro %}

{% macro touched_tickets() -%}
    select distinct concat(source, '/', record_id) as ticket_id
    from {{ ref('stg_support__tickets') }}
    where {{ is_new() }}
{%- endmacro %}
