{# What advertising platforms take instead of a name or an address: normalised as they say, then
   SHA-256. Google: https://developers.google.com/data-manager/api/devguides/concepts/formatting
   Meta: https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences #}
{% macro hashed_email(value) -%}
    {{ sha256_hex("nullif(" ~ replace_all("lower(" ~ value ~ ")", "[[:space:]]", "") ~ ", '')") }}
{%- endmacro %}

{# Google counts the spellings that Gmail delivers into one mailbox as one address. #}
{% macro hashed_email_google(value) -%}
    {%- set spelt = replace_all("lower(" ~ value ~ ")", "[[:space:]]", "") -%}
    {{ sha256_hex(
        "case when split_part(" ~ spelt ~ ", '@', 2) in ('gmail.com', 'googlemail.com') then "
        ~ "concat(replace(split_part(split_part(" ~ spelt ~ ", '@', 1), '+', 1), '.', ''), '@', "
        ~ "split_part(" ~ spelt ~ ", '@', 2)) else nullif(" ~ spelt ~ ", '') end"
    ) }}
{%- endmacro %}

{# From E.164: Google keeps the plus, Meta takes digits without leading zeros. #}
{% macro hashed_phone_google(value) -%}
    {{ sha256_hex("concat('+', nullif(" ~ replace_all(value, "[^0-9]", "") ~ ", ''))") }}
{%- endmacro %}

{% macro hashed_phone_meta(value) -%}
    {{ sha256_hex("nullif(" ~ replace_all(replace_all(value, "[^0-9]", ""), "^0+", "") ~ ", '')") }}
{%- endmacro %}

{% macro hashed_name(value) -%}
    {{ sha256_hex("nullif(lower(trim(" ~ value ~ ")), '')") }}
{%- endmacro %}
