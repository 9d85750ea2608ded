-- Every version of a proposal that has landed, loaded or not.
create temp table landed (
    record_id varchar,
    updated_at varchar,
    is_deleted boolean,
    record varchar
);
