{# Reads inside a `where`: the day lies in the last so many days before today's clock. The days must be
   one of the variable `windows`, because profiles are recomputed as days cross exactly those edges. #}
{% macro within(days, day='day') -%}
    {%- if days not in var('windows') -%}
        {{ exceptions.raise_compiler_error(
            'within(' ~ days ~ '): not a window. Use one of ' ~ var('windows')
            ~ ', or add it to the variable `windows` in dbt_project.yml.') }}
    {%- endif -%}
    {{ day }} > as_on - interval {{ days }} day
{%- endmacro %}

{# Reads inside a `where`: since the model was last built, the day crossed the edge of a window. #}
{% macro crossed_a_window(day='day') -%}
    (
        {%- for days in [0] + var('windows') %}
        {% if not loop.first %}or {% endif -%}
        ({{ day }} > was_on - interval {{ days }} day and {{ day }} <= as_on - interval {{ days }} day)
        {%- endfor %}
    )
{%- endmacro %}
