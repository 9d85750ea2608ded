-- Every line of a file is loaded, a duplicate or in quarantine, and quarantine holds exactly those:
-- lines that nobody can read, and messages that the tracking plan held back.
{{ config(meta={'dagster': {'ref': {'name': 'loads'}}}) }}
with

rejected as (

    select
        file,
        count(*) as lines
    from (
        select file from {{ ref('stg_loads__rejected_lines') }}
        union all
        select file from {{ ref('stg_loads__held_messages') }}
    ) as refused
    group by file

)

select
    coalesce(files.file, rejected.file) as file,
    files.lines,
    files.loaded,
    files.duplicates,
    files.quarantined,
    rejected.lines as in_quarantine
from {{ ref('loads') }} as files
full outer join rejected on files.file = rejected.file
where
    files.lines is distinct from files.loaded + files.duplicates + files.quarantined
    or least(files.lines, files.loaded, files.duplicates, files.quarantined) < 0
    or files.quarantined is distinct from coalesce(rejected.lines, 0)
