-- When each person is on the web: account, consent and the number of visits.

-- Visits share out the time from the first one evenly, so they never overlap and are in order.
create macro session_start(person_id, first_seen_at, last_seen_at, session_count, visit)
    as between_times(
        first_seen_at,
        last_seen_at,
        (visit + 0.9 * roll(person_id, visit, 'start')) / session_count
    );

create table accounts as
with habits as (
    select
        *,
        phone_as_written(web_phone, draw(person_id, 'phone style') % 4) as web_phone_written,
        standing = 'member' as has_account,
        has_account and roll(person_id, 'signed up') < 0.45 as signs_up,
        has_account and roll(person_id, 'buys') < 0.42 as is_buyer,
        -- geometric around a mean; session ids leave room for a thousand each
        least(1000, if(standing = 'lead', 0, 1) + floor(
            case standing when 'member' then 4.2 when 'visitor' then 1.2 else 1.0 end
            * getvariable('intensity') * -ln(1 - roll(person_id, 'sessions'))
        ))::bigint as session_count,
        case
            when has_account and not signs_up then window_start()
            else between_times(window_start(), window_end(), roll(person_id, 'first seen') ** 2)
        end as first_seen_at,
        between_times(first_seen_at, window_end(), 0.6 + 0.4 * roll(person_id, 'last seen'))
            as last_seen_at,
        case
            when roll(person_id, 'devices') < 0.55 then 1
            when roll(person_id, 'devices') < 0.85 then 2
            when roll(person_id, 'devices') < 0.95 then 3
            else 4
        end as device_count,
    from people
),

firsts as (
    select
        *,
        -- the session in which the person first logs in, and one in which a buyer surely buys
        if(signs_up, least(session_count - 1, draw(person_id, 'sign-up session') % 3), 0)::bigint
            as login_session,
        case
            when is_buyer
                then login_session
                + (draw(person_id, 'purchase') % (session_count - login_session)::ubigint)
        end::bigint as purchase_session,
    from habits
),

consented as (
    select
        *,
        case
            when signs_up then session_start(
                person_id, first_seen_at, last_seen_at, session_count, login_session
            )
            else between_times(
                window_start() - interval 2 years, window_start(), roll(person_id, 'created')
            )
        end as created_at,
        greatest(created_at + interval 20 minutes, window_start()
            + to_seconds((draw(person_id, 'asked') % 864000)::bigint)) as asked_at,
        case
            when not has_account or roll(person_id, 'consent') < 0.15 then 'never asked'
            when roll(person_id, 'consent') < 0.33 then 'denied'
            when roll(person_id, 'consent') < 0.42 then 'withdrawn'
            else 'granted'
        end as marketing_consent,
    from firsts
)

select
    *,
    case
        when marketing_consent = 'withdrawn'
            then between_times(asked_at, window_end(), roll(person_id, 'withdrawn'))
    end as withdrawn_at,
from consented;
