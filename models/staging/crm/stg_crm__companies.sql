-- Organisations as CRMs know them. One row per version of a CRM record of a company.
select
    'hubspot' as source,
    'company/' || company_id as record_id,
    'hubspot/' || company_id as company_record_key,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    company_name,
    domain,
    industry,
    employees,
    country,
    created_at
from {{ ref('stg_hubspot__companies') }}
union all
select
    'salesforce', 'account/' || account_id, 'salesforce/' || account_id,
    updated_at, version_key, is_deleted, batch_id,
    account_name, {{ domain_of('website') }}, industry, employees, country, created_at
from {{ ref('stg_salesforce__accounts') }}
union all
select
    'pipedrive', 'organization/' || organization_id, 'pipedrive/' || organization_id,
    updated_at, version_key, is_deleted, batch_id,
    organization_name, {{ domain_of('website') }}, null, employees, country, created_at
from {{ ref('stg_pipedrive__organizations') }}
union all
select
    'zoho', 'account/' || account_id, 'zoho/' || account_id,
    updated_at, version_key, is_deleted, batch_id,
    account_name, {{ domain_of('website') }}, industry, employees, country, created_at
from {{ ref('stg_zoho__accounts') }}
