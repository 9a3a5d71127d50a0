"""The files of a data directory besides the database: the admin channel, issued invites, the last backup."""
