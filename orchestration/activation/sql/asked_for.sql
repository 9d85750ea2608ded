-- Whether anybody ever answered for the sync's purpose and channel.
select 1
from serving.customers.consents
where
    purpose = getvariable('purpose')
    and channel = getvariable('channel')
limit 1;
