-- The records of one febrl data set, numbered. The number in rec_id is the person.
create or replace table profiles as
select
    row_number() over (order by rec_id) as node_id,
    split_part(rec_id, '-', 2) as person,
    case when rec_id like '%-org' then 'original' else 'copy' end as source_dataset,
    nullif(given_name, '') as given_name,
    nullif(surname, '') as surname,
    nullif(street_number, '') as street_number,
    nullif(postcode, '') as postcode,
    nullif(soc_sec_id, '') as soc_sec_id,
    nullif(date_of_birth, '') as birth_text,
    cast(try_strptime(date_of_birth, '%Y%m%d') as date) as date_of_birth
from (
    select trim(columns(*))
    from read_csv($files, all_varchar = true, normalize_names = true)
);
