-- What the publication holds. One row per column.
select
    column_name,
    data_type,
    schema_name || '.' || table_name as relation
from duckdb_columns()
where database_name = 'serving';
