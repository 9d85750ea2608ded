-- The profile: who a person is, what they did, what they are worth. One row per customer.
{{ config(materialized='incremental', incremental_strategy='replace_touched') }}

with

-- Identifiers of deleted records remain known, but nobody is left behind them.
people as (

    select
        customer_id,
        cast(count(*) as integer) as identifiers
    from {{ ref('customer_ids') }}
    where customer_id in ({{ due_customers() }})
    group by customer_id
    having bool_or(is_current)

),

consents as (

    select
        customer_id,
        bool_or(is_granted) as can_email
    from {{ ref('consents') }}
    where purpose = 'marketing' and channel = 'email'
    group by customer_id

)

select
    people.customer_id,
    people.identifiers,
    coalesce(contacts.crm_records, 0) as crm_records,
    contacts.email, contacts.email_source, contacts.email_at,
    contacts.phone, contacts.phone_source, contacts.phone_at,
    contacts.first_name, contacts.first_name_source, contacts.first_name_at,
    contacts.last_name, contacts.last_name_source, contacts.last_name_at,
    contacts.street, contacts.street_source, contacts.street_at,
    contacts.postal_code,
    contacts.city, contacts.city_source, contacts.city_at,
    contacts.country, contacts.country_source, contacts.country_at,
    countries.region,
    contacts.job_title, contacts.job_title_source, contacts.job_title_at,
    contacts.company_name, contacts.company_name_source, contacts.company_name_at,
    employers.company_id,
    contacts.email is not null or contacts.phone is not null as is_known,
    coalesce(consents.can_email, false) as can_email,
    case
        when purchases.orders > 0 and purchases.recency_score >= 4 then 'customer'
        when purchases.orders > 0 and purchases.recency_score = 3 then 'lapsing'
        when purchases.orders > 0 then 'lapsed'
        when engagements.open_deals > 0 then 'opportunity'
        when contacts.email is not null or contacts.phone is not null then 'lead'
        else 'visitor'
    end as lifecycle_stage,
    activity.first_seen_at,
    activity.last_seen_at,
    coalesce(activity.active_days, 0) as active_days,
    coalesce(activity.active_days_30d, 0) as active_days_30d,
    coalesce(activity.events, 0) as events,
    coalesce(activity.events_30d, 0) as events_30d,
    coalesce(activity.page_views, 0) as page_views,
    coalesce(activity.product_views, 0) as product_views,
    coalesce(activity.product_views_30d, 0) as product_views_30d,
    coalesce(activity.searches, 0) as searches,
    coalesce(activity.cart_additions, 0) as cart_additions,
    activity.last_cart_at,
    coalesce(engagements.sessions, 0) as sessions,
    engagements.last_session_at,
    coalesce(purchases.orders, 0) as orders,
    coalesce(purchases.orders_90d, 0) as orders_90d,
    coalesce(purchases.revenue_cents, 0) as revenue_cents,
    coalesce(purchases.refunded_cents, 0) as refunded_cents,
    coalesce(purchases.net_revenue_90d_cents, 0) as net_revenue_90d_cents,
    purchases.average_order_cents,
    purchases.first_order_at,
    purchases.last_order_at,
    purchases.recency_score,
    purchases.frequency_score,
    purchases.monetary_score,
    coalesce(activity.coupons_redeemed, 0) as coupons_redeemed,
    coalesce(activity.emails_delivered, 0) as emails_delivered,
    coalesce(activity.emails_opened_90d, 0) as emails_opened_90d,
    coalesce(activity.emails_clicked_90d, 0) as emails_clicked_90d,
    coalesce(activity.tickets, 0) as tickets,
    coalesce(activity.open_tickets, 0) as open_tickets,
    coalesce(activity.calls, 0) as calls,
    engagements.first_campaign_id,
    engagements.last_campaign_id,
    coalesce(engagements.open_deals, 0) as open_deals,
    coalesce(engagements.open_deal_cents, 0) as open_deal_cents,
    coalesce(engagements.won_deals, 0) as won_deals
from people
left join {{ ref('int_golden_contacts') }} as contacts
    on people.customer_id = contacts.customer_id
left join {{ ref('int_activity') }} as activity
    on people.customer_id = activity.customer_id
left join {{ ref('int_purchases') }} as purchases
    on people.customer_id = purchases.customer_id
left join {{ ref('int_engagements') }} as engagements
    on people.customer_id = engagements.customer_id
left join {{ ref('int_employers') }} as employers
    on people.customer_id = employers.customer_id
left join {{ ref('countries') }} as countries on contacts.country = countries.country
left join consents on people.customer_id = consents.customer_id
