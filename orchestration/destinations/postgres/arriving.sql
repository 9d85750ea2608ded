-- The rows of one batch as they come, each the text of a JSON object.
create temporary table arriving (
    number integer not null,
    fields text not null
) on commit drop;
