-- Companies as each CRM has them today. One row per CRM record.
with

latest as (

    select
        company_record_key, source, updated_at, version_key, is_deleted, batch_id,
        company_name, domain, industry, employees, country, created_at
    from {{ ref('stg_crm__companies') }}
    qualify
        row_number() over (
            partition by company_record_key order by updated_at desc, version_key desc
        ) = 1

)

select
    *,
    -- Two CRMs speak of one company when they name the same domain.
    {{ company_id('coalesce(domain, company_record_key)') }} as company_id
from latest
