-- What lands on disk besides the events, under the folder in the variable `out`.

copy hubspot_contacts to (getvariable('out') || '/hubspot/contacts.parquet') (format parquet);
copy hubspot_companies to (getvariable('out') || '/hubspot/companies.parquet') (format parquet);
copy hubspot_deals to (getvariable('out') || '/hubspot/deals.parquet') (format parquet);
copy (select * exclude (object) from hubspot_activities where object = 'calls')
to (getvariable('out') || '/hubspot/calls.parquet') (format parquet);
copy (select * exclude (object) from hubspot_activities where object = 'emails')
to (getvariable('out') || '/hubspot/emails.parquet') (format parquet);
copy (select * exclude (object) from hubspot_activities where object = 'meetings')
to (getvariable('out') || '/hubspot/meetings.parquet') (format parquet);
copy (select * exclude (object) from hubspot_activities where object = 'tasks')
to (getvariable('out') || '/hubspot/tasks.parquet') (format parquet);
copy (select * exclude (object) from hubspot_activities where object = 'notes')
to (getvariable('out') || '/hubspot/notes.parquet') (format parquet);
copy salesforce_leads to (getvariable('out') || '/salesforce/Lead.parquet') (format parquet);
copy salesforce_contacts to (getvariable('out') || '/salesforce/Contact.parquet') (format parquet);
copy salesforce_accounts to (getvariable('out') || '/salesforce/Account.parquet') (format parquet);
copy salesforce_opportunities
to (getvariable('out') || '/salesforce/Opportunity.parquet') (format parquet);
copy salesforce_tasks to (getvariable('out') || '/salesforce/Task.parquet') (format parquet);
copy salesforce_events to (getvariable('out') || '/salesforce/Event.parquet') (format parquet);
copy salesforce_campaigns
to (getvariable('out') || '/salesforce/Campaign.parquet') (format parquet);
copy salesforce_campaign_members
to (getvariable('out') || '/salesforce/CampaignMember.parquet') (format parquet);
copy pipedrive_persons to (getvariable('out') || '/pipedrive/persons.parquet') (format parquet);
copy pipedrive_organizations
to (getvariable('out') || '/pipedrive/organizations.parquet') (format parquet);
copy pipedrive_deals to (getvariable('out') || '/pipedrive/deals.parquet') (format parquet);
copy pipedrive_activities to (getvariable('out') || '/pipedrive/activities.parquet') (format parquet);
copy pipedrive_leads to (getvariable('out') || '/pipedrive/leads.parquet') (format parquet);
copy zoho_leads to (getvariable('out') || '/zoho/Leads.parquet') (format parquet);
copy zoho_contacts to (getvariable('out') || '/zoho/Contacts.parquet') (format parquet);
copy zoho_accounts to (getvariable('out') || '/zoho/Accounts.parquet') (format parquet);
copy zoho_deals to (getvariable('out') || '/zoho/Deals.parquet') (format parquet);
copy zoho_tasks to (getvariable('out') || '/zoho/Tasks.parquet') (format parquet);
copy zoho_events to (getvariable('out') || '/zoho/Events.parquet') (format parquet);
copy zoho_calls to (getvariable('out') || '/zoho/Calls.parquet') (format parquet);
copy spend to (getvariable('out') || '/ads/spend/spend.csv') (format csv, header);
copy truth to (getvariable('out') || '/truth.parquet') (format parquet);
