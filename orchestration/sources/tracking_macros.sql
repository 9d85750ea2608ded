-- What the tracking plan means by its words. Everything is asked of the type that the engine's JSON
-- gives a value (null if it is missing), its text, and its place in a document; a rule about one kind
-- of value says nothing of the others. Arguments are JSON text.
create or replace temp macro is_tracked_number(type) as
type in ('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE');

-- To JSON Schema, 1.0 is an integer.
create or replace temp macro is_tracked_integer(type, value) as
is_tracked_number(type) and (type != 'DOUBLE' or try_cast(value as double) = floor(try_cast(value as double)));

-- Scalars that compare equal have one text: 5 and 5.0, but not 5 and "5".
create or replace temp macro tracked_scalar(type, value) as case
    when is_tracked_number(type) then concat('number ', try_cast(value as double))
    else concat(type, ' ', value)
end;

create or replace temp macro breaks_required(type, value, parent_type, document, path, argument) as
type is null and parent_type = 'OBJECT';

create or replace temp macro breaks_type(type, value, parent_type, document, path, argument) as case
    when type is null then false
    when is_tracked_number(type)
        then not json_contains(argument, '"number"')
        and not (json_contains(argument, '"integer"') and is_tracked_integer(type, value))
    when type = 'VARCHAR' then not json_contains(argument, '"string"')
    when type = 'OBJECT' then not json_contains(argument, '"object"')
    when type = 'ARRAY' then not json_contains(argument, '"array"')
    when type = 'BOOLEAN' then not json_contains(argument, '"boolean"')
    else not json_contains(argument, '"null"')
end;

create or replace temp macro breaks_enum(type, value, parent_type, document, path, argument) as
type is not null and not list_contains(
    list_transform(
        json_extract(argument, '$[*]'),
        lambda each: tracked_scalar(json_type(each), json_extract_string(each, '$'))
    ),
    tracked_scalar(type, value)
);

create or replace temp macro breaks_minimum(type, value, parent_type, document, path, argument) as
is_tracked_number(type) and try_cast(value as double) < cast(argument as double);

create or replace temp macro breaks_maximum(type, value, parent_type, document, path, argument) as
is_tracked_number(type) and try_cast(value as double) > cast(argument as double);

create or replace temp macro breaks_exclusiveMinimum(type, value, parent_type, document, path, argument) as
is_tracked_number(type) and try_cast(value as double) <= cast(argument as double);

create or replace temp macro breaks_exclusiveMaximum(type, value, parent_type, document, path, argument) as
is_tracked_number(type) and try_cast(value as double) >= cast(argument as double);

create or replace temp macro breaks_pattern(type, value, parent_type, document, path, argument) as
type = 'VARCHAR' and not regexp_matches(value, json_extract_string(argument, '$'));

create or replace temp macro breaks_minLength(type, value, parent_type, document, path, argument) as
type = 'VARCHAR' and length(value) < cast(argument as bigint);

create or replace temp macro breaks_maxLength(type, value, parent_type, document, path, argument) as
type = 'VARCHAR' and length(value) > cast(argument as bigint);

create or replace temp macro breaks_minItems(type, value, parent_type, document, path, argument) as
type = 'ARRAY' and json_array_length(document, path) < cast(argument as bigint);

create or replace temp macro breaks_maxItems(type, value, parent_type, document, path, argument) as
type = 'ARRAY' and json_array_length(document, path) > cast(argument as bigint);

create or replace temp macro tracked_strangers(document, path, argument) as list_filter(
    json_keys(document, path),
    lambda name: not list_contains(json_extract_string(argument, '$[*]'), name)
);

create or replace temp macro breaks_additionalProperties(type, value, parent_type, document, path, argument) as
type = 'OBJECT' and len(tracked_strangers(document, path, argument)) > 0;

-- The shape of a text: no letter and no digit of it stays what it is.
create or replace temp macro tracked_shape(value) as left(
    regexp_replace(
        regexp_replace(regexp_replace(value, '\p{N}', '9', 'g'), '\p{Lu}', 'A', 'g'),
        '[^A9\x20-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]', 'a', 'g'
    ),
    40
);

-- What was found, of which nothing can be read back: a kind, a count, a shape; of fields that the plan
-- does not know the name, unless that may be a value itself.
create or replace temp macro tracked_sample(keyword, type, value, document, path, argument) as case
    when keyword = 'additionalProperties'
        then list_aggregate(
            list_transform(
                tracked_strangers(document, path, argument),
                lambda name: case
                    when regexp_full_match(name, '[A-Za-z][A-Za-z_]{0,29}') then name
                    else tracked_shape(name)
                end
            ),
            'string_agg', ', '
        )
    when type is null then 'missing'
    when type = 'VARCHAR' then concat('string ', tracked_shape(value))
    when is_tracked_number(type) then concat('number ', tracked_shape(value))
    when type = 'BOOLEAN' then concat('boolean ', value)
    when type = 'ARRAY' then concat('array of ', json_array_length(document, path))
    else lower(type)
end;
