"""HubSpot's CRM API v3 as private apps see it: read, search, batch write, properties."""
