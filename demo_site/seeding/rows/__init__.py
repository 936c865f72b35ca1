"""What is in each seeded table? One generator per table: a million rows need little memory."""
