{# Incremental strategy `replace_interactions`: what was held of a touched activity or ticket goes, what
   it says now comes, and of a deleted one nothing comes. #}
{% macro get_incremental_replace_interactions_sql(arg_dict) %}
    {% set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') %}
    delete from {{ arg_dict['target_relation'] }}
    where {{ arg_dict['unique_key'] }} in ({{ touched_interactions() }});
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
