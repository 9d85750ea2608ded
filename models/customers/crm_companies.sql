-- Companies as CRMs have them today. One row per CRM record of a company.
select
    company_record_key,
    source,
    company_id,
    company_name,
    domain,
    industry,
    employees,
    country,
    created_at,
    updated_at,
    batch_id
from {{ ref('int_company_records') }}
where not is_deleted
