-- Only parsing: every path that the staging of events extracts, in one pass, and nothing written.
select count(columns(*))
from (
    select
        * exclude (context, properties, traits),
        context.channel as context_channel,
        context.campaign.id as campaign_id,
        context.campaign.name as campaign_name,
        context.campaign.source as campaign_source,
        context.campaign.medium as campaign_medium,
        context.page.path as page_path,
        context.page.referrer as referrer,
        properties.email as stated_email,
        properties.campaign_id as stated_campaign_id,
        properties.campaign_name as stated_campaign_name,
        traits.email as email,
        traits.phone as phone,
        traits.firstName as first_name,
        traits.lastName as last_name,
        traits.address.city as city,
        traits.address.country as country
    from read_json(
        $paths,
        format = 'newline_delimited',
        ignore_errors = true,
        columns = {
            messageId: 'varchar',
            type: 'varchar',
            event: 'varchar',
            name: 'varchar',
            userId: 'varchar',
            anonymousId: 'varchar',
            groupId: 'varchar',
            channel: 'varchar',
            timestamp: 'varchar',
            originalTimestamp: 'varchar',
            receivedAt: 'varchar',
            context: 'struct(
                channel varchar,
                campaign struct(id varchar, "name" varchar, "source" varchar, medium varchar),
                page struct(path varchar, referrer varchar)
            )',
            properties: 'struct(email varchar, campaign_id varchar, campaign_name varchar)',
            traits: 'struct(
                email varchar,
                phone varchar,
                firstName varchar,
                lastName varchar,
                address struct(city varchar, country varchar)
            )'
        }
    )
);
