{# Every identifier that the rows of a CTE give, as rows. The CTE brings source, record_id, version_at,
   version_key, is_deleted, country and batch_id; `identifiers` pairs an identifier type with a column. #}
{% macro identifiers_of(records, identifiers) -%}
    {%- for identifier_type, column in identifiers %}
    select
        source,
        record_id,
        version_at,
        version_key,
        is_deleted,
        country,
        batch_id,
        '{{ identifier_type }}' as identifier_type,
        {{ column }} as identifier_value
    from {{ records }}
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}
