"""What a person is told and asked for: attention, news of receipts, questions to the broker that wait."""
