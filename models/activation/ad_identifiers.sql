-- People as fingerprints that advertising platforms match. One row per customer we can reach.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

people as (

    select * from {{ ref('customers') }}
    where
        is_known
        and customer_id in ({{ touched_customers() }})

)

select
    customer_id,
    {{ hashed_email('email') }} as email_sha256,
    {{ hashed_email_google('email') }} as email_sha256_google,
    case when phone is not null then {{ hashed_phone_google('phone') }} end as phone_sha256_google,
    {{ hashed_phone_meta('phone') }} as phone_sha256_meta,
    {{ hashed_name('first_name') }} as first_name_sha256,
    {{ hashed_name('last_name') }} as last_name_sha256,
    country,
    postal_code
from people
