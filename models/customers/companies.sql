-- Organisations that a CRM knows or that people write from. One row per company.
with

ranked as (

    select
        records.*,
        row_number() over (
            partition by records.company_id
            order by
                coalesce(priorities.priority, 1000) asc,
                records.updated_at desc,
                records.company_record_key asc
        ) as preference
    from {{ ref('int_company_records') }} as records
    left join {{ ref('source_priorities') }} as priorities
        on records.source = priorities.source
    where not records.is_deleted

),

records as (

    select
        company_id,
        min_by(company_name, preference) filter (where company_name is not null) as company_name,
        min_by(domain, preference) filter (where domain is not null) as domain,
        min_by(industry, preference) filter (where industry is not null) as industry,
        min_by(employees, preference) filter (where employees is not null) as employees,
        min_by(country, preference) filter (where country is not null) as country,
        cast(count(*) as integer) as crm_records
    from ranked
    group by company_id

),

employers as (

    select
        company_id,
        max(domain) as domain,
        cast(count(*) as integer) as people
    from {{ ref('int_employers') }}
    where company_id is not null
    group by company_id

)

select
    coalesce(records.company_id, employers.company_id) as company_id,
    records.company_name,
    coalesce(records.domain, employers.domain) as domain,
    records.industry,
    records.employees,
    records.country,
    coalesce(records.crm_records, 0) as crm_records,
    coalesce(employers.people, 0) as people
from records
full outer join employers on records.company_id = employers.company_id
