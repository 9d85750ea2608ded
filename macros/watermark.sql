{# What an incremental model has seen: the newest batch there was when it was last built. Kept beside
   the model and written in the transaction that builds it, so a killed run repeats itself.
   A model that follows the links of identity also keeps the newest version of them: links change
   without a batch when a rule does. #}

{% macro watermarks() -%}
    {{ this.database }}.runs.watermarks
{%- endmacro %}

{% macro create_watermarks() %}
    {% do remember_nothing() %}
    {% for database in (target.database, generate_database_name('doorways')) | map('trim') | unique %}
    create schema if not exists {{ database }}.runs;
    create table if not exists {{ database }}.runs.watermarks (
        model varchar, batch_id bigint, definition varchar, version bigint
    );
    alter table {{ database }}.runs.watermarks add column if not exists version bigint;
    {% endfor %}
{% endmacro %}

{% macro advance_watermark() %}
    {% if model.config.materialized in ('incremental', 'components', 'contested') %}
    delete from {{ watermarks() }} where model = '{{ model.name }}';
    insert into {{ watermarks() }} (model, batch_id, definition, version)
    select '{{ model.name }}', {{ current_batch() }}, '{{ definition_of(model.unique_id) }}', {{ version_now() }};
    {% endif %}
{% endmacro %}

{# The load's own ledger, named directly: as a source it would become a parent of every model. #}
{% macro current_batch() -%}
    (select coalesce(max(batch_id), 0) from raw.loads)
{%- endmacro %}

{# A model that is redefined asks for all batches, also one that keeps what it already holds. #}
{% macro watermark() -%}
    {%- if is_incremental() and not is_redefined() -%}
    (select coalesce(max(batch_id), 0) from {{ watermarks() }} where model = '{{ model.name }}')
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}

{# The newest batch there was when the model was last built, whatever changed since. #}
{% macro batch_before() -%}
    {%- if is_incremental() -%}
    (select coalesce(max(batch_id), 0) from {{ watermarks() }} where model = '{{ model.name }}')
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}
