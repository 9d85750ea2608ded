{# The customers whose facts, identifiers or identity changed since the model was last built, old ids
   included; on a full build, all of them. #}
{% macro touched_customers() -%}
    select customer_id from {{ ref('customer_ids') }}
    where {{ is_new('last_batch_id') }}
    union
    select old_customer_id from {{ ref('customer_id_history') }}
    where {{ is_new() }}
    union
    select new_customer_id from {{ ref('customer_id_history') }}
    where {{ is_new() }}
{%- endmacro %}
