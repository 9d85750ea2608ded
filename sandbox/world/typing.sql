-- How a salesperson types what the world knows: with slips, old addresses and gaps.

-- One slip of the finger: a letter left out, doubled, swapped with the next, or without its accent.
create macro slip(word, key, question) as case draw(key, question || ' slip') % 4
    when 0 then word[:2] || word[4:]
    when 1 then word[:2] || word[2] || word[3:]
    when 2 then word[1] || word[3] || word[2] || word[4:]
    else strip_accents(word)
end;
create macro typed(word, key, question)
    as if(roll(key, question || ' typed') < 0.10, slip(word, key, question), word);
create macro typed_email(email, key, question) as case
    when roll(key, question || ' case') < 0.06 then upper(email)
    when roll(key, question || ' case') < 0.14 then upper(email[1]) || email[2:]
    else email
end;
-- Streets are shortened, shouted or left with a comma, which changes no address.
create macro typed_street(street, key, question) as case draw(key, question || ' street') % 8
    when 0 then upper(street)
    when 1 then street || ', '
    when 2 then replace(replace(street, 'straße', 'str.'), 'Street', 'St.')
    else street
end;
-- A phone number without its country is only written in full.
create macro typed_phone(phone, key, question)
    as phone_as_written(phone, draw(key, question || ' phone') % 4);
create macro last_touched(created_at, key, question)
    as between_times(created_at, window_end(), roll(key, question || ' touched'));

create macro opted_out(marketing_consent, withdrawn_at, updated_at)
    as marketing_consent = 'denied' or coalesce(withdrawn_at <= updated_at, false);

-- The last letters of a Salesforce id are a checksum of its capitals; `Q` gives EAA, digits AAA.
create macro salesforce_id(prefix, number) as prefix || lpad(number::varchar, 12, '0')
    || if(prefix = '00Q', 'EAA', 'AAA');
create macro salesforce_time(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%g+0000');
create macro salesforce_attributes(object, id) as {
    'type': object, 'url': '/services/data/v62.0/sobjects/' || object || '/' || id,
};
create macro company_hubspot_id(company_id) as (70000000 + company_id)::varchar;
