-- How a message looks on the wire: the parts that a client or a server fills in by itself.

create macro is_mobile(device_id)
    as device_id % 16 <> 15 and roll(device_id, 'mobile') < 0.35;
create macro anonymous_id(device_id)
    as uuid_of('device|' || device_id || '|' || getvariable('seed'));

-- The pages of the shop: 0 to 500 show its products, the others come after.
create table pages as
with named as (
    select
        *,
        product as page_number,
        'Product' as page_name,
        '/products/' || product_id as path,
        product_name as title,
    from products
    union all by name
    select
        unnest([1000, 1001, 1002]) as page_number,
        unnest(['Home', 'Checkout', 'Order confirmation']) as page_name,
        unnest(['/', '/checkout', '/thanks']) as path,
        unnest(['Shop', 'Checkout', 'Thank you']) as title,
)

select
    page_number,
    page_name,
    to_json({
        'path': path, 'url': 'https://shop.example' || path, 'title': title,
    })::varchar as page,
    to_json({
        'product_id': product_id,
        'name': product_name,
        'category': category,
        'price': major_units(price_cents),
    })::varchar as product,
from named;

create macro page_seen(kind, item, thing) as case kind
    when 'home page' then 1000
    when 'search' then 1000
    when 'product page' then product_seen(thing, item)
    when 'view' then product_seen(thing, item)
    when 'add' then product_seen(thing, item)
    when 'thanks page' then 1002
    else 1001
end;

create macro web_context(locale, timezone, device_id, page) as with_member(to_json({
    'ip': concat_ws('.', 80 + device_id % 100, device_id % 251, device_id // 251 % 251, 7),
    'locale': locale,
    'timezone': timezone,
    'library': {'name': 'analytics.js', 'version': 'next-1.84.3'},
    'userAgent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/' || (120 + device_id % 20)
    || '.0.0.0 Safari/537.36',
})::varchar, 'page', page);

create macro mobile_context(locale, timezone, device_id) as to_json({
    'ip': concat_ws('.', 80 + device_id % 100, device_id % 251, device_id // 251 % 251, 7),
    'locale': locale,
    'timezone': timezone,
    'library': {'name': 'analytics-swift', 'version': '1.9.1'},
    'app': {'name': 'Shop', 'version': '5.' || device_id % 20 || '.0', 'build': '412'},
    'device': {
        'id': anonymous_id(device_id), 'manufacturer': 'Apple', 'type': 'ios',
        'model': 'iPhone' || (13 + device_id % 4) || ',2',
    },
    'os': {'name': 'iOS', 'version': '18.' || device_id % 6},
    'network': {'cellular': device_id % 3 = 0, 'wifi': device_id % 3 <> 0},
});

create macro server_context(library) as to_json({
    'library': {'name': library, 'version': '2.4.0'},
});

create macro event_name(kind) as case kind
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
end;
