-- What people were ever asked for. One row per purpose and channel.
select
    purpose,
    channel,
    purpose = getvariable('purpose') and channel = getvariable('channel') as is_meant
from serving.customers.consents
group by purpose, channel
order by purpose, channel;
