{# One spelling for each identifier, so that equal means same. Reads the joined rows of the seeds
   `mail_providers` (provider) and `countries` (country). One branch per identifier type that needs
   more than trimming. #}
{% macro normalize(identifier_type, value) -%}
    case {{ identifier_type }}
        when 'email' then {{ normalize_email(value) }}
        when 'phone' then {{ normalize_phone(value) }}
        when 'anonymous_id' then lower(trim({{ value }}))
        else trim({{ value }})
    end
{%- endmacro %}

{% macro normalize_email(value) -%}
    concat(
        case
            when provider.ignores_dots and provider.ignores_plus
                then replace(split_part(split_part(lower(trim({{ value }})), '@', 1), '+', 1), '.', '')
            when provider.ignores_plus
                then split_part(split_part(lower(trim({{ value }})), '@', 1), '+', 1)
            else split_part(lower(trim({{ value }})), '@', 1)
        end,
        substr(
            concat('@', coalesce(
                provider.canonical_domain, split_part(lower(trim({{ value }})), '@', 2)
            )),
            case when lower({{ value }}) like '%@%' then 1 else 1000 end
        )
    )
{%- endmacro %}

{# E.164: a leading + or 00 carries the country; otherwise the country's own, less its trunk prefix. #}
{% macro normalize_phone(value) -%}
    {%- set digits = replace_all(value, '[^0-9]', '') -%}
    case
        when trim({{ value }}) like '+%' then concat('+', {{ replace_all(replace_all(value, '[(]0[)]', ''), '[^0-9]', '') }})
        when {{ digits }} like '00%' then concat('+', substr({{ digits }}, 3))
        when {{ digits }} = '' or country.calling_code is null then {{ digits }}
        when country.trunk_prefix <> '' and {{ digits }} like concat(country.trunk_prefix, '%')
            then concat('+', country.calling_code, substr({{ digits }}, 1 + length(country.trunk_prefix)))
        else concat('+', country.calling_code, {{ digits }})
    end
{%- endmacro %}
