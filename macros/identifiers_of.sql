{# Every identifier that the records of a staging model give, as rows. `record_id` is an expression;
   `identifiers` pairs an identifier type with a column; `country` is null where records have none. #}
{% macro identifiers_of(records, source, record_id, identifiers, country='country') -%}
    {%- for identifier_type, column in identifiers %}
    select
        '{{ source }}' as source,
        {{ record_id }} as record_id,
        concat(cast(updated_at as varchar), ' ', version_key) as version,
        is_deleted,
        {{ country }} as country,
        batch_id,
        '{{ identifier_type }}' as identifier_type,
        {{ column }} as identifier_value
    from {{ records }}
    where {{ column }} is not null and {{ is_new() }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}
