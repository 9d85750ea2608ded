-- The companies that some people work for; about three in four are known to each CRM.

create table companies as
select
    company_id,
    pick(['Nord', 'Blue', 'Alta', 'Prime', 'Delta', 'Terra', 'Lumen'], company_id, 'front')
    || pick(['werk', 'line', 'soft', 'trade', 'cargo', 'labs'], company_id, 'back')
    || ' ' || company_id as trade_name,
    lower(replace(trade_name, ' ', '')) || '.example' as domain,
    pick(['US', 'US', 'GB', 'DE', 'FR', 'ES', 'NL'], company_id, 'country') as country,
    trade_name || case country
        when 'US' then ' Inc.' when 'GB' then ' Ltd' when 'DE' then ' GmbH'
        when 'NL' then ' B.V.' else ' SA'
    end as company_name,
    case country when 'US' then 'USD' when 'GB' then 'GBP' else 'EUR' end as currency,
    pick(
        ['COMPUTER_SOFTWARE', 'RETAIL', 'LOGISTICS_AND_SUPPLY_CHAIN', 'MACHINERY', 'BANKING'],
        company_id, 'industry'
    ) as industry,
    (5 + exp(7 * roll(company_id, 'size')))::bigint as employees,
    roll(company_id, 'hubspot') < 0.80 as is_in_hubspot,
    roll(company_id, 'salesforce') < 0.70 as is_in_salesforce,
    between_times(
        window_start() - interval 3 years, window_start(), roll(company_id, 'created')
    ) as created_at,
    between_times(created_at, window_end(), roll(company_id, 'modified')) as modified_at,
from (select range as company_id from range(1, 1 + greatest(1, getvariable('people') // 40)));
