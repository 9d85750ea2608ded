{# A CRM names a person by its own record: `contact/12` of hubspot is the hubspot_contact_id 12. #}

{% macro crm_identifier_type(source, record_id) -%}
    concat({{ source }}, '_', split_part({{ record_id }}, '/', 1), '_id')
{%- endmacro %}

{# Reads inside the `on` of a join: the row of `people` whose identifier a CRM's record id names. #}
{% macro is_named_by(source, record_id) -%}
    people.identifier_type = {{ crm_identifier_type(source, record_id) }}
    and people.identifier_value = split_part({{ record_id }}, '/', 2)
{%- endmacro %}
