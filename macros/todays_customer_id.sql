{# Today's customer of any id that was ever given out, for whoever stored one: through merges and splits,
   an id leads to whom its founding identifier belongs to now. If that identifier names nobody any more,
   to whoever took over the most of its identifiers then. Null for what never was an id. #}
{% macro todays_customer_id(issued_id) -%}
    coalesce(
        (
            select max(ids.customer_id) from {{ ref('customer_ids') }} as ids
            where ids.own_customer_id = {{ issued_id }}
        ),
        (
            select max_by(ids.customer_id, history.identifiers)
            from {{ ref('customer_id_history') }} as history
            inner join {{ ref('customer_ids') }} as ids
                on history.new_customer_id = ids.own_customer_id
            where history.old_customer_id = {{ issued_id }}
        )
    )
{%- endmacro %}
