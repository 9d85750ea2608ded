{# dbt's own answer, for this project's materializations as well; in a unit test, where there is no
   table yet, a first build. #}
{% macro is_incremental() %}
    {% if this is none %}{{ return(false) }}{% endif %}
    {% set is_ours = execute and model.config.materialized in ('components', 'contested') %}
    {{ return(
        (load_cached_relation(this) is not none and not should_full_refresh()) if is_ours
        else dbt.is_incremental()
    ) }}
{% endmacro %}
