-- How a message looks on the wire: the parts that a client or a server fills in by itself.

create macro is_mobile(device_id)
    as device_id % 16 <> 15 and roll(device_id, 'mobile') < 0.35;
create macro anonymous_id(device_id)
    as as_uuid(md5(concat_ws('|', 'device', device_id, getvariable('seed'))));

create macro page_json(kind, product, referrer) as case kind
    when 'home page' then to_json({
        'path': '/', 'url': 'https://shop.example/', 'referrer': referrer, 'title': 'Shop',
    })
    when 'product page' then to_json({
        'path': '/products/sku_' || product,
        'url': 'https://shop.example/products/sku_' || product,
        'referrer': referrer,
        'title': product_name(product),
    })
    when 'thanks page' then to_json({
        'path': '/thanks', 'url': 'https://shop.example/thanks', 'referrer': referrer,
        'title': 'Thank you',
    })
    else to_json({
        'path': '/checkout', 'url': 'https://shop.example/checkout', 'referrer': referrer,
        'title': 'Checkout',
    })
end;

create macro product_json(product) as to_json({
    'product_id': 'sku_' || product,
    'name': product_name(product),
    'category': product_category(product),
    'price': major_units(product_cents(product)),
});

create macro web_context(locale, timezone, device_id, page) as to_json({
    'ip': concat_ws('.', 80 + device_id % 100, device_id % 251, device_id // 251 % 251, 7),
    'locale': locale,
    'timezone': timezone,
    'library': {'name': 'analytics.js', 'version': 'next-1.84.3'},
    'userAgent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
    || ' Chrome/' || (120 + device_id % 20) || '.0.0.0 Safari/537.36',
    'page': page,
});

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
