{# One spelling for a postal address, so that equal means same: small letters, no punctuation, and the
   commonest words of a street as their abbreviation. Null where any of the three is. #}
{% macro normalize_address(street, postal_code, country) -%}
    {%- set words = [
        ('ß', 'ss'), ('strasse', 'str'), ('street', 'st'), ('avenue', 'ave'), ('road', 'rd'),
    ] -%}
    {%- set state = namespace(street='lower(' ~ street ~ ')') -%}
    {%- for word, short in words -%}
        {%- set state.street = "replace(" ~ state.street ~ ", '" ~ word ~ "', '" ~ short ~ "')" -%}
    {%- endfor -%}
    {{ replace_all(state.street, '[ .,;:/#-]', '') }} || '|'
    || {{ replace_all('lower(' ~ postal_code ~ ')', '[ .,;:/#-]', '') }} || '|' || lower({{ country }})
{%- endmacro %}
