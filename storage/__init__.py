"""The room of rows: tables, transactions, requests, notices and the register. It knows no Slack."""
