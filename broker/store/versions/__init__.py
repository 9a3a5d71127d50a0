"""The versions of the database: its tables, and the steps from one version to the next."""
