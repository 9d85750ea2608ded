-- People as CRMs know them, whichever CRM it is. One row per version of a CRM record of a person.
-- A record that was merged away ends with a tombstone that names the record it is part of now.
select
    'hubspot' as source,
    'contact/' || contact_id as record_id,
    updated_at,
    version_key,
    is_deleted,
    batch_id,
    email,
    cast(null as varchar) as other_email,
    phone,
    mobile_phone,
    cast(null as varchar) as other_phone,
    account_id as user_id,
    first_name,
    last_name,
    street,
    city,
    postal_code,
    country,
    job_title,
    company_name,
    'hubspot/' || company_id as company_record_key,
    has_opted_out_of_email,
    created_at,
    'contact/' || merged_into_contact_id as merged_into_record_id,
    cast(null as varchar) as converted_record_id
from {{ ref('stg_hubspot__contacts') }}
union all
select
    'salesforce', 'lead/' || lead_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, mobile_phone, null, null, first_name, last_name, street, city, postal_code,
    country, null, company_name, null, has_opted_out_of_email, created_at,
    'lead/' || merged_into_lead_id, 'contact/' || converted_contact_id
from {{ ref('stg_salesforce__leads') }}
union all
select
    'salesforce', 'contact/' || contact_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, mobile_phone, null, user_id, first_name, last_name, street, city,
    postal_code, country, job_title, null, 'salesforce/' || account_id, has_opted_out_of_email,
    created_at, 'contact/' || merged_into_contact_id, null
from {{ ref('stg_salesforce__contacts') }}
union all
select
    'pipedrive', 'person/' || person_id, updated_at, version_key, is_deleted, batch_id,
    email, other_email, phone, null, other_phone, user_id, first_name, last_name, street, city,
    postal_code, country, job_title, null, 'pipedrive/' || organization_id, has_opted_out_of_email,
    created_at, null, null
from {{ ref('stg_pipedrive__persons') }}
union all
select
    'zoho', 'lead/' || lead_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, mobile_phone, null, null, first_name, last_name, street, city, postal_code,
    country, job_title, company_name, null, has_opted_out_of_email, created_at,
    null, 'contact/' || converted_contact_id
from {{ ref('stg_zoho__leads') }}
union all
select
    'zoho', 'contact/' || contact_id, updated_at, version_key, is_deleted, batch_id,
    email, other_email, phone, mobile_phone, null, user_id, first_name, last_name, street, city,
    postal_code, country, job_title, null, 'zoho/' || account_id, has_opted_out_of_email,
    created_at, null, null
from {{ ref('stg_zoho__contacts') }}
union all
select
    'klaviyo', 'profile/' || profile_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, null, null, user_id, first_name, last_name, street, city,
    postal_code, country, job_title, company_name, null, has_opted_out_of_email,
    created_at, null, null
from {{ ref('stg_klaviyo__profiles') }}
union all
select
    'shopify', 'customer/' || customer_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, null, null, null, first_name, last_name, street, city, postal_code,
    country, null, company_name, null, has_opted_out_of_email, created_at, null, null
from {{ ref('stg_shopify__customers') }}
union all
select
    'stripe', 'customer/' || customer_id, updated_at, version_key, is_deleted, batch_id,
    email, null, phone, null, null, user_id, first_name, last_name, street, city, postal_code,
    country, null, null, null, null, created_at, null, null
from {{ ref('stg_stripe__customers') }}
union all
-- Who answers tickets is no customer.
select
    'zendesk', 'user/' || user_id, updated_at, version_key,
    is_deleted or coalesce(role, 'end-user') <> 'end-user', batch_id,
    email, null, phone, null, null, external_id, first_name, last_name, null, null, null,
    null, null, null, null, null, created_at, null, null
from {{ ref('stg_zendesk__users') }}
