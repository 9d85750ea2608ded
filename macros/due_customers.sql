{# The customers whose profile must be computed again: touched ones, those whose days crossed the edge
   of a window as the clock went on, and those whose company changed. #}
{% macro due_customers() -%}
    {{ touched_customers() }}
    union
    select customer_ids.customer_id
    from {{ ref('int_node_days') }} as node_days
    inner join {{ ref('customer_ids') }} as customer_ids
        on node_days.node_id = customer_ids.node_id
    cross join ({{ today() }}) as clock
    where {{ crossed_a_window('node_days.day') }}
    union
    select golden_contacts.customer_id
    from {{ ref('int_golden_contacts') }} as golden_contacts
    inner join {{ ref('int_company_records') }} as company_records
        on golden_contacts.company_record_key = company_records.company_record_key
    where {{ is_new('company_records.batch_id') }}
{%- endmacro %}
