{# DuckDB replaces a view in one statement and in the transaction of its build; dbt would make a second
   one, rename both and drop the first. #}
{% materialization view, adapter='duckdb' %}
    {% set view = this.incorporate(type='view') %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none and not existing.is_view %}{% do adapter.drop_relation(existing) %}{% endif %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
    {% if config.get('contract').enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
    create or replace view {{ view }} as (
    {{ sql }}
    )
    {% endcall %}
    {% do persist_docs(view, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}
