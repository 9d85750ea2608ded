-- Each arrival as one line of JSON, as the Segment specification has it. One row per line.

create macro address_of(email, old_email, email_changed_at, moment)
    as if(moment < email_changed_at, coalesce(old_email, email), email);
-- A form that a hurried or careful person filled in with something that is nobody's address.
create macro gives_junk(thing) as roll(thing, 'junk') < 0.004;

create view described as
select
    arrivals.*,
    accounts.*
        exclude (person_id, company_id, country, currency),
    accounts.currency,
    accounts.country,
    campaigns.campaign_id,
    campaigns.campaign_name,
    campaigns.source,
    campaigns.medium,
    carts.* exclude (session_id),
    companies.company_id,
    companies.company_name,
    companies.domain,
    if(coalesce(item, 0) >= 0, product_seen(thing, coalesce(item, 0)), 0) as product,
    address_of(email, old_email, email_changed_at, happened_at) as address,
    case
        when device_id is not null then if(is_mobile(device_id), 'mobile', 'web')
        when kind in ('order', 'refund', 'consent') then 'server'
        when kind in ('ticket', 'solved', 'call') then 'support'
        else 'email'
    end as channel,
    case
        when kind like '% page' then if(channel = 'mobile', 'screen', 'page')
        when kind in ('identify', 'group') then kind
        else 'track'
    end as type,
    case
        when place > 1 then 'https://shop.example/'
        else pick(
            ['', 'https://www.google.com/', 'https://news.example/', ''], thing, 'referrer'
        )
    end as referrer,
from arrivals
inner join accounts using (person_id)
left join campaigns using (campaign_number)
left join carts
    on arrivals.thing = carts.session_id and arrivals.kind in ('checkout', 'order', 'refund')
left join companies on accounts.company_id = companies.company_id and arrivals.kind = 'group';

create view bodies as
select
    *,
    case
        when type in ('page', 'screen') then
            '"name":"' || case kind
                when 'home page' then 'Home' when 'product page' then 'Product'
                when 'checkout page' then 'Checkout' else 'Order confirmation'
            end || '","properties":' || page_json(kind, product, referrer)
        when kind = 'identify' then
            '"traits":' || with_member(
                to_json({
                    'email': case
                        when gives_junk(thing) then pick(['null', 'n/a', 'test@test.com'], thing, 'x')
                        when roll(thing, 'capital') < 0.06 then upper(address[1]) || address[2:]
                        else address
                    end,
                    'firstName': first_name,
                    'lastName': last_name,
                    'address': {'city': city, 'postalCode': postal_code, 'country': country},
                    'createdAt': iso(created_at),
                })::varchar,
                'phone',
                to_json(phone_as_written(web_phone, draw(person_id, 'phone style') % 4))::varchar
            )
        when kind = 'group' then
            '"groupId":"org_' || company_id || '","traits":'
            || to_json({'name': company_name, 'domain': domain})
        else '"event":"' || case kind
            when 'search' then 'Products Searched'
            when 'view' then 'Product Viewed'
            when 'add' then 'Product Added'
            when 'sign_up' then 'Signed Up'
            when 'checkout' then 'Checkout Started'
            when 'order' then 'Order Completed'
            when 'refund' then 'Order Refunded'
            when 'delivered' then 'Email Delivered'
            when 'opened' then 'Email Opened'
            when 'clicked' then 'Email Link Clicked'
            when 'unsubscribed' then 'Unsubscribed'
            when 'ticket' then 'Ticket Created'
            when 'solved' then 'Ticket Solved'
            when 'call' then 'Call Logged'
            when 'consent' then 'Consent Preference Updated'
        end || '","properties":' || case
            when kind = 'view' then with_member(
                with_member(product_json(product)::varchar, 'quantity', '1'),
                'currency', to_json(currency)::varchar
            )
            when kind = 'add' then with_member(
                with_member(
                    with_member(
                        product_json(product)::varchar, 'quantity',
                        quantity_added(thing, item)::varchar
                    ),
                    'currency', to_json(currency)::varchar
                ),
                'cart_id', '"cart_' || thing || '"'
            )
            when kind = 'search' then to_json({'query': lower(product_category(product))})
            when kind = 'sign_up' then to_json({'method': 'email'})
            when kind = 'checkout' then to_json({
                'order_id': order_id, 'cart_id': 'cart_' || thing, 'currency': currency,
                'value': major_units(revenue_cents), 'products': products::json,
            })
            when kind = 'order' then with_member(
                to_json({
                    'order_id': order_id, 'currency': currency,
                    'total': major_units(total_cents), 'revenue': major_units(revenue_cents),
                    'shipping': major_units(shipping_cents), 'tax': major_units(tax_cents),
                    'discount': major_units(discount_cents), 'products': products::json,
                })::varchar,
                'coupon', to_json(coupon)::varchar
            )
            when kind = 'refund' then to_json({
                'order_id': order_id, 'total': major_units(total_cents), 'currency': currency,
            })
            when kind in ('ticket', 'solved') then with_member(
                to_json({
                    'ticket_id': 't_' || thing,
                    'priority': pick(['low', 'normal', 'high'], thing, 'priority'),
                    'subject': pick(
                        ['Where is my parcel', 'Wrong size', 'Invoice', 'Broken on arrival'],
                        thing, 'subject'
                    ),
                })::varchar,
                'csat',
                if(
                    kind = 'solved' and roll(thing, 'answers') < 0.6,
                    pick(['1', '2', '3', '4', '4', '5', '5', '5'], thing, 'csat'),
                    null
                )
            )
            when kind = 'call' then to_json({
                'call_id': 'call_' || thing,
                'direction': pick(['inbound', 'inbound', 'outbound'], thing, 'direction'),
                'duration_seconds': 20 + (draw(thing, 'duration') % 1200)::int,
            })
            when kind = 'consent' then '{}'
            else to_json({
                'campaign_id': campaign_id, 'campaign_name': campaign_name, 'email': address,
                'email_subject': 'Seven things for you: ' || campaign_name,
            })
        end
    end as body,
from described;

create view lines as
with written as (
    select
        line_number,
        copy,
        '{"type":"' || type || '","messageId":"'
        || as_uuid(md5(concat_ws('|', getvariable('seed'), kind, thing, place)))
        || '","anonymousId":' || coalesce('"' || anonymous_id(device_id) || '"', 'null')
        || ',"userId":' || if(is_known, '"' || user_id || '"', 'null')
        || ',"channel":"' || channel
        || '","timestamp":"' || iso(happened_at)
        || '","originalTimestamp":"' || iso(happened_at)
        || '","sentAt":"' || iso(received_at - interval 70 milliseconds)
        || '","receivedAt":"' || iso(received_at)
        || '",' || body || ',"context":'
        || with_member(
            with_member(
                case channel
                    when 'web' then web_context(
                        locale, timezone, device_id, page_json(kind, product, referrer)
                    )
                    when 'mobile' then mobile_context(locale, timezone, device_id)
                    else server_context('analytics-python')
                end::varchar,
                'campaign',
                case when place = 1 and device_id is not null then to_json({
                    'id': campaign_id, 'name': campaign_name, 'source': source, 'medium': medium,
                })::varchar end
            ),
            'consent',
            case when kind = 'consent' then to_json({
                'categoryPreferences': {
                    'marketing_email': place = 0 and marketing_consent <> 'denied',
                    'advertising': roll(thing, 'advertising') < 0.55 and place = 0,
                    'analytics': roll(thing, 'analytics') < 0.85,
                },
            })::varchar end
        ) || '}' as line,
    from bodies
)

select
    line_number,
    case copy
        when 2 then line[:(len(line) * 0.7)::int]
        when 3 then '[1, 2]'
        when 4 then replace(line, '"messageId":', '"id":')
        when 5 then 'this is not JSON'
        else line
    end as line,
from written;
