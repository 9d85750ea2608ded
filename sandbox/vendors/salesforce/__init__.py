"""Salesforce's REST API: OAuth, SOQL queries, sObject Collections, describe."""
