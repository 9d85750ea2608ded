-- Syncs that share a channel's contact pressure with this one, and the periods that they look back.
select
    other.sync,
    own.period_days
from serving.activation.contact_pressure as own
inner join serving.activation.contact_pressure as other on own.channel = other.channel
where own.sync = $sync;
