-- Who is in which segment now. One row per segment and customer.
{{ config(materialized='table') }}

select 'seg_accounts_in_play' as segment, customer_id from {{ ref('seg_accounts_in_play') }}
union all
select 'seg_big_spenders', customer_id from {{ ref('seg_big_spenders') }}
union all
select 'seg_cart_abandoners', customer_id from {{ ref('seg_cart_abandoners') }}
union all
select 'seg_champions', customer_id from {{ ref('seg_champions') }}
union all
select 'seg_european_shoppers', customer_id from {{ ref('seg_european_shoppers') }}
union all
select 'seg_lapsing_customers', customer_id from {{ ref('seg_lapsing_customers') }}
