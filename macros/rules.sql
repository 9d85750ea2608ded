{# Rules of identity that may change without building anything anew: seeds whose meta lists
   `defining_columns`. Only those columns define what is built from them; the rest (limits, a steward's
   decisions) is followed row by row, and a change of it counts as a batch, so that everything behind
   identity takes up who changed hands. #}

{% macro checksum_of(node) %}
    {% set columns = node.config.get('meta', {}).get('defining_columns') %}
    {% if columns is none %}{{ return(node.checksum.checksum) }}{% endif %}
    {% set known = remembered('seeds') %}
    {% if node.unique_id not in known %}
        {% set seed = adapter.get_relation(node.database, node.schema, node.alias) if columns else none %}
        {% set rows = [] %}
        {% if seed is not none %}
            {% for row in run_query('select ' ~ columns | join(', ') ~ ' from ' ~ seed ~ ' order by 1') %}
                {% do rows.append(row.values() | join('|')) %}
            {% endfor %}
        {% endif %}
        {% do known.update({node.unique_id: '' if seed is none else local_md5(rows | join(' '))}) %}
    {% endif %}
    {{ return(known[node.unique_id]) }}
{% endmacro %}

{% macro rules_fingerprint() %}
    {% set known = remembered('rules') %}
    {% if execute and not known %}
        {% set checksums = [] %}
        {% for node in graph.nodes.values() | sort(attribute='unique_id')
            if node.config.get('meta', {}).get('defining_columns') is not none %}
            {% do checksums.append(node.checksum.checksum) %}
        {% endfor %}
        {% do known.update({'fingerprint': local_md5(checksums | join(' '))}) %}
    {% endif %}
    {{ return(known.get('fingerprint', '')) }}
{% endmacro %}

{% macro rules_changed() %}
    {% set built = built_as() %}
    {{ return(built is not none and built[2] != rules_fingerprint()) }}
{% endmacro %}

{# Opens a batch of its own when the rules are not those of the last run. The first run has none to
   change. #}
{% macro open_batch_for_rules() %}
    {% if execute and flags.WHICH in ('run', 'build') and table_exists('raw', 'loads') %}
    {% set known = "select count(*) from runs.watermarks where model = 'rules of identity'" %}
    {% set same = known ~ " and definition = '" ~ rules_fingerprint() ~ "'" %}
    insert into raw.loads
        (batch_id, source, file, bytes, lines, loaded, duplicates, quarantined, loaded_at)
    select
        {{ current_batch() }} + 1 as batch_id, 'rules' as source,
        concat('rules/', cast({{ current_batch() }} + 1 as varchar)) as file,
        0 as bytes, 0 as lines, 0 as loaded, 0 as duplicates, 0 as quarantined,
        cast(current_timestamp as timestamp) as loaded_at
    where ({{ known }}) > 0 and ({{ same }}) = 0;
    delete from runs.watermarks where model = 'rules of identity';
    insert into runs.watermarks (model, batch_id, definition, version)
    select 'rules of identity', {{ current_batch() }}, '{{ rules_fingerprint() }}', 0;
    {% endif %}
{% endmacro %}
