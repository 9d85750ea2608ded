{# dbt's own answer; in a unit test, where there is no table yet, a first build. #}
{% macro is_incremental() %}
    {{ return(this is not none and dbt.is_incremental()) }}
{% endmacro %}
