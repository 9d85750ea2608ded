{# The public id of a company: made from its domain, or from its CRM record's key where none is known. #}
{% macro company_id(domain) -%}
    case when {{ domain }} is not null then md5(concat('company ', {{ domain }})) end
{%- endmacro %}
