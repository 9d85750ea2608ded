{# Groups of linked identifiers that a link new to this model touches; all of them, when the rules of
   identity changed. A link that no longer counts touches both groups that it leaves behind. #}
{% macro touched_groups() -%}
    select distinct component from {{ ref('int_groups') }}
    where node_id in (
        select anchor_node_id from {{ ref('int_links') }}
        where version > {{ seen_version() }} and anchor_node_id is not null
        union
        select node_id from {{ ref('int_links') }}
        where version > {{ seen_version() }}
    )
{%- endmacro %}
