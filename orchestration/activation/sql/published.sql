-- What the publication holds. One row per column.
select
    schema_name || '.' || table_name as relation,
    column_name as column_name,
    data_type as data_type,
from duckdb_columns()
where database_name = 'serving';
