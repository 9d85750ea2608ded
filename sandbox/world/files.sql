-- What lands on disk besides the events, under the folder in the variable `out`.

copy hubspot_contacts to (getvariable('out') || '/hubspot/contacts.parquet') (format parquet);
copy hubspot_companies to (getvariable('out') || '/hubspot/companies.parquet') (format parquet);
copy hubspot_deals to (getvariable('out') || '/hubspot/deals.parquet') (format parquet);
copy salesforce_leads to (getvariable('out') || '/salesforce/Lead.parquet') (format parquet);
copy salesforce_contacts to (getvariable('out') || '/salesforce/Contact.parquet') (format parquet);
copy salesforce_accounts to (getvariable('out') || '/salesforce/Account.parquet') (format parquet);
copy salesforce_opportunities
to (getvariable('out') || '/salesforce/Opportunity.parquet') (format parquet);
copy spend to (getvariable('out') || '/ads/spend/spend.csv') (format csv, header);
copy truth to (getvariable('out') || '/truth.parquet') (format parquet);
