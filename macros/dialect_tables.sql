{# The part of the dialect that makes or asks for tables; see dialect.sql. #}

{# Whether the warehouse holds a table. Unlike dbt's own question, asks in no transaction. #}
{% macro table_exists(schema, name) %}{{ return(adapter.dispatch('table_exists')(schema, name)) }}{% endmacro %}
{% macro duckdb__table_exists(schema, name) %}
    {% set found = run_query(
        "select count(*) from information_schema.tables where table_catalog = '" ~ target.database
        ~ "' and table_schema = '" ~ schema ~ "' and table_name = '" ~ name ~ "'"
    ) %}
    {{ return(found.columns[0].values()[0] > 0) }}
{% endmacro %}

{# A table of this session only, from a query; returns how many rows it has. #}
{% macro scratch(name, query) %}{{ return(adapter.dispatch('scratch')(name, query)) }}{% endmacro %}
{% macro duckdb__scratch(name, query) %}
    {# DuckDB answers the creation with the count. #}
    {% set made = run_query('create or replace temp table ' ~ name ~ ' as ' ~ query) %}
    {{ return(made.columns[0].values()[0] | int) }}
{% endmacro %}
{% macro append_scratch(name, query) %}
    {% do run_query('insert into ' ~ name ~ ' ' ~ query) %}
{% endmacro %}
{% macro rename_scratch(name, to) %}{{ return(adapter.dispatch('rename_scratch')(name, to)) }}{% endmacro %}
{% macro duckdb__rename_scratch(name, to) %}
    {% do run_query('drop table if exists ' ~ to) %}
    {% do run_query('alter table ' ~ name ~ ' rename to ' ~ to) %}
{% endmacro %}
{% macro forget_scratch(name) %}
    {% do run_query('drop table ' ~ name) %}
{% endmacro %}

{# What a model and its columns are, told to the table at once; dbt would ask twice which columns there are. #}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
    {% call statement('descriptions') %}
    {{ alter_relation_comment(relation, model.description) }}
    {% for column in model.columns.values() %}
    comment on column {{ relation }}.{{ column.name }} is {{ duckdb_escape_comment(column.description) }};
    {% endfor %}
    {% endcall %}
{% endmacro %}
