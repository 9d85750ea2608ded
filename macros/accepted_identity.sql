{# The state of identity that last passed its checks: its version and batch; no row before the first
   time. Read by its table's name: the model that keeps it comes after whoever asks. #}
{% macro accepted_identity() -%}
    {%- if execute and table_exists('identity', 'int_accepted_versions') -%}
    select
        max(version) as version,
        max(batch_id) as batch_id
    from {{ api.Relation.create(target.database, 'identity', 'int_accepted_versions') }}
    having count(*) > 0
    {%- else -%}
    select
        cast(0 as bigint) as version,
        cast(0 as bigint) as batch_id
    where false
    {%- endif -%}
{%- endmacro %}
