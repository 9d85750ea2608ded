{# Incremental strategy `replace_touched`: a touched customer's rows go, the new ones come. Unlike
   delete+insert it also removes what a customer had and no longer has. #}
{% macro get_incremental_replace_touched_sql(arg_dict) %}
    {% set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') %}
    delete from {{ arg_dict['target_relation'] }}
    where
        customer_id in ({{ touched_customers() }})
        or customer_id in (select customer_id from {{ arg_dict['temp_relation'] }});
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
