-- Every CRM record of a world, and copies of it under other ids, addresses, numbers and domains.
create temp table copied as
select
    record.record_id || copy.suffix as record_id,
    record.updated_at,
    record.is_deleted,
    case
        when copy.number = 0 then record.record
        else
            replace(
                replace(
                    replace(
                        regexp_replace(
                            regexp_replace(
                                record.record,
                                '"((?:hs_object_|account_)?id|'
                                || '(?:Account|Contact|ConvertedContact)?Id|'
                                || 'Kith_User_Id__c)":"([^"]+)"',
                                '"\1":"\2' || copy.suffix || '"',
                                'g'
                            ),
                            '"(phone|Phone|MobilePhone)":"([^"]+)"',
                            '"\1":"\2' || copy.number || '"',
                            'g'
                        ),
                        '@', '.' || copy.suffix || '@'
                    ),
                    '"domain":"', '"domain":"' || copy.suffix || '.'
                ),
                '"Website":"http://', '"Website":"http://' || copy.suffix || '.'
            )
    end as record
from read_parquet(getvariable('records')) as record
cross join (
    select
        range as number,
        case when range = 0 then '' else 'c' || range end as suffix
    from range(getvariable('copies'))
) as copy;

copy copied to (getvariable('landed')) (format parquet);
