{# What an incremental model has seen: the newest batch there was when it was last built. Kept in
   `runs.watermarks`, written in the transaction that builds the model, so a killed run repeats itself. #}

{% macro create_watermarks() %}
    create schema if not exists runs;
    create table if not exists runs.watermarks (model varchar, batch_id bigint);
{% endmacro %}

{% macro advance_watermark() %}
    {% if model.config.materialized in ('incremental', 'components') %}
    delete from runs.watermarks where model = '{{ model.name }}';
    insert into runs.watermarks
    select '{{ model.name }}', {{ current_batch() }};
    {% endif %}
{% endmacro %}

{# The load's own ledger, named directly: as a source it would become a parent of every model. #}
{% macro current_batch() -%}
    (select coalesce(max(batch_id), 0) from raw.loads)
{%- endmacro %}

{% macro watermark() -%}
    {%- if is_incremental() -%}
    (select coalesce(max(batch_id), 0) from runs.watermarks where model = '{{ model.name }}')
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}
