{# Every identifier that the records of a staging model give, as rows. `source` is a word, or none where
   the records have it as a column; `record_id` is an expression; `identifiers` pairs an identifier type
   with a column; `country` is null where records have none; `is_mention` is a condition: what another
   record says of this one, which is no sign that it still exists. #}
{% macro identifiers_of(
    records, source, record_id, identifiers, country='country', is_mention='false'
) -%}
    {%- for identifier_type, column in identifiers %}
    select
        {{ "'" ~ source ~ "'" if source else 'source' }} as source,
        {{ record_id }} as record_id,
        concat(cast(updated_at as varchar), ' ', version_key) as version,
        is_deleted,
        {{ is_mention }} as is_mention,
        {{ country }} as country,
        batch_id,
        '{{ identifier_type }}' as identifier_type,
        {{ column }} as identifier_value
    from {{ records }}
    where {{ column }} is not null and {{ is_new() }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}
