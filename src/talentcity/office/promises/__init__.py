"""The service promise and the ledger of what was delivered."""
