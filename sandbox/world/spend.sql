-- What each paid campaign cost on each day: every visit it brought was one of its clicks.

create table spend as
with visits_by_day as (
    select
        campaign_number,
        starts_at::date as spent_on,
        count(*) as visits,
    from sessions
    where campaign_number < 1000
    group by campaign_number, spent_on
),

measured as (
    select
        *,
        visits + (draw(campaign_number, spent_on, 'lost clicks') % 5)::bigint as clicks,
    from visits_by_day
)

select
    campaign_id,
    campaign_name,
    medium as channel,
    spent_on,
    currency,
    clicks * cents_per_click + (draw(campaign_number, spent_on, 'bid') % 60)::bigint as cost_cents,
    clicks * (25 + (draw(campaign_number, spent_on, 'reach') % 40)::bigint) as impressions,
    clicks,
from measured
inner join campaigns using (campaign_number)
order by spent_on, campaign_id;
