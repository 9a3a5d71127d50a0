"""What users are told: presence, receipts, pages of history, ignored users."""
