-- Companies as each CRM has them today. One row per CRM record.
with

versions as (

    select
        concat('hubspot/', company_id) as company_record_key, 'hubspot' as source, updated_at,
        version_key, is_deleted, batch_id, company_name, domain, industry, employees, country
    from {{ ref('stg_hubspot__companies') }}
    union all
    select
        concat('salesforce/', account_id), 'salesforce', updated_at,
        version_key, is_deleted, batch_id, account_name,
        nullif(split_part({{ replace_all('website', '^(https?://)?(www[.])?', '') }}, '/', 1), ''),
        industry, employees, country
    from {{ ref('stg_salesforce__accounts') }}

),

latest as (

    select * from versions
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
