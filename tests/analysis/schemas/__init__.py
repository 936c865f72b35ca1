"""Three schemas that look nothing like the demo site: a shop, a multi-tenant tracker, a time series."""
