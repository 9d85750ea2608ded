-- The columns of a table, and whether a value names at most one row. One row per column.
select
    attribute.attname,
    exists (
        select
        from pg_index as index
        where
            index.indrelid = attribute.attrelid
            and index.indisunique
            and index.indimmediate
            and index.indisvalid
            and index.indpred is null
            and index.indnkeyatts = 1
            and index.indkey[0] = attribute.attnum
    )
from pg_attribute as attribute
where
    attribute.attrelid = to_regclass(format('%%I.%%I', %(schema)s::text, %(table)s::text))
    and attribute.attnum > 0
    and not attribute.attisdropped;
