-- What is wrong with the messages of one event in one part of theirs, which is a relation. One parse
-- takes the values of all rules out of a document. Each rule is then a column of its own, because an
-- engine looks at a column much faster than at as many rows.
(
    with documents as (
        select
            message_id,
            {document} as document
        from {part}
        where event_name = $event_{group}
    ),

    read as (
        select
            message_id,
            document,
            json_type(document, $paths_{group}) as types,
            json_extract_string(document, $paths_{group}) as texts
        from documents
    ),

    compared as (
        select
            *,
            {conditions}
        from read
    ),

    broken as (
        select
            message_id,
            document,
            types,
            texts,
            unnest([{columns}]) as number
        from compared
        where coalesce({columns}) is not null
    )

    select
        broken.message_id,
        rules.*,
        tracked_sample(
            rules.keyword,
            broken.types[list_position($paths_{group}, rules.path)],
            broken.texts[list_position($paths_{group}, rules.path)],
            broken.document,
            rules.path,
            rules.argument
        ) as found
    from broken
    inner join tracking_rules as rules on broken.number = rules.number
)
