-- Every visit, with what happens in it, in order.

create table visits as
select
    person_id * 1024 + visit as session_id,
    person_id,
    visit,
    session_start(person_id, first_seen_at, last_seen_at, session_count, visit) as starts_at,
    is_buyer and visit >= login_session and (
        visit = purchase_session or roll(person_id, visit, 'buys again') < 0.22
    ) as is_purchase,
    signs_up and visit = login_session as is_sign_up,
    has_account and visit >= login_session as has_account,
    case
        when shares_device and roll(person_id, visit, 'shared device') < 0.25
            then household_id * 16 + 15
        when is_purchase or is_sign_up then person_id * 16
        else person_id * 16 + floor(device_count * roll(person_id, visit, 'device') ** 1.5)::bigint
    end as device_id,
    currency,
    marketing_consent in ('granted', 'withdrawn')
    and starts_at - interval 1 day > asked_at
    and starts_at < coalesce(withdrawn_at, window_end()) as reads_newsletter,
from (
    select
        *,
        unnest(range(session_count)) as visit,
    from accounts
);

create table sessions as
with drawn as (
    select
        *,
        -- on some devices a person never logs in, so nothing but a guess can say whose they are
        is_purchase or is_sign_up
        or (has_account and (device_id % 16 in (0, 15) or roll(device_id, 'logs in') < 0.7))
            as can_log_in,
        roll(session_id, 'login') as login_roll,
        roll(session_id, 'depth') as depth,
        roll(session_id, 'source') as source_roll,
    from visits
)

select
    session_id,
    person_id,
    starts_at,
    device_id,
    15 + (draw(session_id, 'pace') % 100)::int as seconds_between,
    -- 0: logged in since an earlier visit; null: not at all
    case
        when is_sign_up then 1
        when not can_log_in then null
        when login_roll < 0.5 then 0
        when login_roll < 0.8 or is_purchase then 1
    end as login,
    case
        when source_roll < 0.12 and reads_newsletter
            then newsletter_week(starts_at)
        when source_roll < 0.34
            then case currency when 'USD' then 0 when 'GBP' then 6 else 12 end
                + (draw(session_id, 'campaign') % 6)::bigint
    end as campaign_number,
    is_purchase,
    case
        when is_purchase then 1 + (draw(session_id, 'adds') % 3)::bigint
        when depth > 0.78 then 1 + (draw(session_id, 'adds') % 2)::bigint
        else 0
    end as adds,
    if(depth < 0.3 and not is_purchase, 0, greatest(adds, 1 + (draw(session_id, 'views') % 5)))
        ::bigint as views,
    ['home page']
    || if(views > 0 and roll(session_id, 'searches') < 0.3, ['search'], [])
    || repeat(['product page', 'view'], views)
    || if(login = 1 or (login = 0 and roll(session_id, 'again') < 0.2), ['identify'], [])
    || if(is_sign_up, ['sign_up'], [])
    || if(login = 1, ['group'], [])
    || repeat(['add'], adds)
    || if(is_purchase or depth > 0.93, ['checkout page', 'checkout'], [])
    || if(is_purchase, ['order', 'thanks page'], []) as steps,
from drawn;
