-- The truth about who is who, as an analyst would drop it into landing/labels/people.
copy (
    select distinct
        identifier_type,
        identifier_value,
        person_id as person
    from read_parquet('{truth}')
    order by all
) to '{labels}' (format parquet);
