"""The office: records, ledger and pages. The only room that knows the web and the database."""
