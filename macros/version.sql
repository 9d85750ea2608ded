{# Versions count the builds of the links between identifiers. A model whose meta says
   `follows: <model>` sees each version of that model's rows once. #}

{# The version of rows that a build of links writes: above all that any build ever wrote. #}
{% macro next_version() -%}
    {%- if this is none -%} 1 {%- else -%}
    (select coalesce(max(version), 0) + 1 from {{ watermarks() }})
    {%- endif -%}
{%- endmacro %}

{# The version that the followed model holds now, kept when the follower has been built. #}
{% macro version_now() -%}
    {%- set followed = model.config.get('meta', {}).get('follows') -%}
    {%- if followed == model.name -%}
    (select coalesce(max(version), 0) from {{ this }})
    {%- elif followed -%}
    (select coalesce(max(version), 0) from {{ target.database }}.runs.watermarks where model = '{{ followed }}')
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}

{# Rows of the followed model with a version above this are new to the follower. When the follower or
   the rules of identity changed, all are. #}
{% macro seen_version() -%}
    {%- if is_incremental() and not flags.FULL_REFRESH and not is_redefined() and not rules_changed() -%}
    (select coalesce(max(version), 0) from {{ watermarks() }} where model = '{{ model.name }}')
    {%- else -%} 0 {%- endif -%}
{%- endmacro %}
