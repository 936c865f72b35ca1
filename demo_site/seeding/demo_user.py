"""Who may sign in to the demo site? The one account that has a password."""

EMAIL = "demo@example.org"
PASSWORD = "demo"
