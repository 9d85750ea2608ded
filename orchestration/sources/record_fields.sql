-- Fields of records and what kind of value they held, when a table first showed them.
insert into raw.fields
with structures as (
    select distinct
        raw_table,
        json_structure(record) as structure
    from record_versions
    where not is_deleted
),

shown as (
    select distinct
        structures.raw_table,
        field.key as field,
        case
            when json_type(field.value) != 'VARCHAR' then lower(json_type(field.value))
            when field.value ->> '$' = 'VARCHAR' then 'text'
            when field.value ->> '$' = 'BOOLEAN' then 'boolean'
            else 'number'
        end as kind
    from structures
    cross join json_each(structures.structure) as field
    where field.value ->> '$' != 'NULL'
)

select
    shown.raw_table,
    shown.field,
    shown.kind,
    $batch_id as batch_id
from shown
anti join raw.fields as known
    on
        shown.raw_table = known.raw_table
        and shown.field = known.field
        and shown.kind = known.kind;
