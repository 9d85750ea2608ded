-- The bare table: top-level fields typed, nested ones as JSON, written once, checked by nobody.
create table events as
select * from read_json(
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
        previousId: 'varchar',
        channel: 'varchar',
        timestamp: 'timestamp',
        originalTimestamp: 'timestamp',
        sentAt: 'timestamp',
        receivedAt: 'timestamp',
        context: 'json',
        properties: 'json',
        traits: 'json'
    }
);
